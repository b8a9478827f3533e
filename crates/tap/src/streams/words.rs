//! The texts that records are made of, as JSON text between the quotes: escaped where JSON wants it, and in some places
//! where it merely allows it, since `\u00e9` and `é` are the same to a reader that's right.

/// An order's state.
pub const STATUSES: &[&[u8]] =
    &[b"placed", b"paid", b"packed", b"shipped", b"delivered", b"returned", b"cancelled"];

/// Tags of an order.
pub const TAGS: &[&[u8]] = &[
    b"priority",
    b"fragile",
    b"b2b",
    b"first-order",
    b"loyalty",
    "größe-xl".as_bytes(),
    b"sale \\\"24\\\"",
    b"eco",
    "冷蔵".as_bytes(),
    b"pre-order",
    b"oversize",
    b"caf\\u00e9",
    b"export",
    b"insured",
    b"returns\\/ok",
    b"web",
];

/// How a note begins: at most 40 characters, like the other two parts.
pub const FIRST: &[&[u8]] = &[
    b"Please ring twice,",
    b"Leave it with the neighbour,",
    b"Call before delivery,",
    "Bitte klingeln – Müller,".as_bytes(),
    b"Cadeau pour No\\u00ebl,",
    b"She said \\\"any time\\\",",
    "配達は午後に、".as_bytes(),
    b"Gate code 4711\\n",
    b"Deliver to the back door,",
    "Пожалуйста, позвоните,".as_bytes(),
    b"Entrega por la ma\\u00f1ana,",
    b"Use the C:\\\\ entrance,",
    b"Second floor on the left,",
    b"Wrap it as a present,",
    b"No signature needed,",
    b"Only on weekdays,",
];

/// How a note goes on.
pub const MIDDLE: &[&[u8]] = &[
    b"the bell is broken",
    b"and mind the dog",
    b"it's \\\"fragile\\\"",
    "and thank you 🎁".as_bytes(),
    b"cr\\u00e8me br\\u00fbl\\u00e9e inside",
    b"tab\\there, line\\nbreak",
    b"we're home after five",
    "für Zoë & José".as_bytes(),
    b"a \\ud83d\\ude00 for the driver",
    b"keep it cold",
    b"don't fold or bend it",
    b"put it in the locker",
    b"the lift is out of order",
    "شكرا جزيلا".as_bytes(),
    b"and text me on arrival",
    b"in one parcel if you can",
];

/// How a note ends.
pub const LAST: &[&[u8]] = &[
    b"(see the invoice).",
    b"or bring it back tomorrow.",
    b"- signed, the family.",
    "— merci beaucoup !".as_bytes(),
    b"\\u2014 t\\u00fcrk\\u00e7e.",
    b"as agreed on the phone.",
    b"before noon, please.",
    b"\\\"Fin\\\"",
    "よろしく。".as_bytes(),
    b"if nobody answers.",
    b"with the other order.",
    b"and no plastic, please.",
    b"at the reception desk.",
    b"the blue door.",
    b"(50% paid).",
    b"next to the bakery.",
];

/// Mailboxes, to be followed by a dot and a number.
pub const MAILBOXES: &[&[u8]] = &[
    b"anna",
    b"bela",
    b"chloe",
    b"dmitri",
    b"elif",
    b"fatima",
    b"george",
    b"hana",
    b"ines",
    b"jose",
    b"katarzyna",
    b"liam",
    b"minh",
    b"nora",
    b"oskar",
    b"priya",
];

/// Ends of mail addresses: reserved names (RFC 2606), so that nobody ever gets mail.
pub const DOMAINS: &[&[u8]] = &[b"@example.com", b"@example.org", b"@example.net", b"@shop.test"];

/// Streets, to be followed by a number.
pub const STREETS: &[&[u8]] = &[
    b"High Street",
    b"Rue de l'\\u00c9glise",
    "Hauptstraße".as_bytes(),
    b"Calle Mayor",
    "улица Ленина".as_bytes(),
    b"Via Roma",
    b"Station Road",
    "Kossuth Lajos utca".as_bytes(),
    b"Park Avenue",
    "Żeromskiego".as_bytes(),
    b"Rua \\\"Direita\\\"",
    b"Kungsgatan",
    b"Main Street",
    "中央通り".as_bytes(),
    b"Church Lane",
    b"Dorpsstraat",
];

/// A city and where it is.
#[derive(Debug)]
pub struct Place {
    /// Its name.
    pub city: &'static [u8],
    /// Ten-thousandths of a degree, north positive.
    pub lat: i64,
    /// Ten-thousandths of a degree, east positive.
    pub lng: i64,
}

const fn place(city: &'static str, lat: i64, lng: i64) -> Place {
    Place { city: city.as_bytes(), lat, lng }
}

/// Cities of all four quarters of the globe.
pub const PLACES: &[Place] = &[
    place("London", 515_074, -1278),
    place("Paris", 488_566, 23_522),
    place("München", 481_351, 115_820),
    place("S\\u00e3o Paulo", -235_505, -466_333),
    place("東京", 356_762, 1_396_503),
    place("New York", 407_128, -740_060),
    place("Sydney", -338_688, 1_512_093),
    place("Łódź", 517_592, 194_560),
    place("Budapest", 474_979, 190_402),
    place("القاهرة", 300_444, 312_357),
    place("Nairobi", -12_921, 368_219),
    place("Z\\u00fcrich", 473_769, 85_417),
    place("Reykjavík", 641_466, -219_426),
    place("Buenos Aires", -346_037, -583_816),
    place("Hà Nội", 210_278, 1_058_342),
    place("San Francisco", 377_749, -1_224_194),
];

/// Coupons, with their quotes, since some orders have none.
pub const COUPONS: &[&[u8]] =
    &[b"null", b"null", b"\"WELCOME10\"", b"\"SPRING-24\"", b"\"\\u00c9T\\u00c9\"", b"\"FREESHIP\""];

/// Loyalty tiers, with their quotes, since some customers have none.
pub const TIERS: &[&[u8]] = &[b"null", b"\"bronze\"", b"\"silver\"", b"\"gold\""];

/// ISO 3166-1 alpha-2.
pub const COUNTRIES: &[&[u8]] = &[
    b"GB", b"FR", b"DE", b"BR", b"JP", b"US", b"AU", b"PL", b"HU", b"EG", b"KE", b"CH", b"IS", b"AR", b"VN",
    b"TR",
];

/// Given names.
pub const GIVEN_NAMES: &[&str] = &[
    "Anna",
    "José",
    "Jos\\u00e9",
    "Zoë",
    "Мария",
    "محمد",
    "Ngọc",
    "Søren",
    "François",
    "Łukasz",
    "Δήμητρα",
    "さくら",
    "李",
    "Ayşe",
    "Noa \\\"Nono\\\"",
    "Grace",
    "अमित",
    "שרה",
    "Siân",
    "Zoe\u{308}",
];

/// Family names.
pub const FAMILY_NAMES: &[&str] = &[
    "Kovács",
    "O'Brien",
    "O\\u2019Brien",
    "García Márquez",
    "Müller",
    "Иванова",
    "Nguyễn",
    "Ångström",
    "de la Cruz",
    "Wiśniewska",
    "Παπαδοπούλου",
    "佐藤",
    "小龙",
    "Yılmaz",
    "Smith-Jones",
    "Lee",
    "\\ud83c\\udf1f Star",
    "🦀",
    "St. John",
    "van der Berg",
];

/// Where events come from.
pub const SOURCES: &[&[u8]] =
    &[b"web", b"ios", b"android", b"api", b"batch", b"kiosk", "partner-é".as_bytes(), b"partner \\\"x\\\""];

/// What an event is.
pub const KINDS: &[&[u8]] =
    &[b"page_view", b"click", b"login", b"logout", b"search", b"add_to_cart", b"checkout", b"error"];

/// Texts in payloads.
pub const TEXTS: &[&[u8]] = &[
    b"",
    b"plain",
    b"a \\\"quoted\\\" word",
    b"two\\nlines and a\\ttab",
    b"back\\\\slash \\/ slash",
    b"\\u00e9\\u4e2d\\ud83d\\ude80",
    "žluťoučký kůň 🐎".as_bytes(),
    b"{\\\"json\\\": [1, 2]}",
];

/// Ratios, in the spellings that JSON has for numbers.
pub const RATIOS: &[&[u8]] = &[
    b"null",
    b"0",
    b"0.5",
    b"-1.25",
    b"1e-7",
    b"3.0E+2",
    b"123456.789",
    b"0.1",
    b"12",
    b"0.30000000000000004",
];

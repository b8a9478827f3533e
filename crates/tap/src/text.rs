//! Appending JSON values to a line: only what the records need, without the formatting machinery.

/// Appends to a buffer of bytes.
pub trait Put {
    /// These bytes as they are.
    fn put(&mut self, bytes: &[u8]);
    /// An integer in decimal.
    fn put_int(&mut self, n: impl itoa::Integer);
    /// `n` hundredths as a number of two decimals: -5 is `-0.05`.
    fn put_hundredths(&mut self, n: i64);
    /// `n` ten-thousandths as a number of four decimals.
    fn put_ten_thousandths(&mut self, n: i64);
    /// `digits` hexadecimal digits: the low bits of `n`.
    fn put_hex(&mut self, n: u64, digits: u32);
    /// `true` or `false`.
    fn put_bool(&mut self, b: bool);
}

impl Put for Vec<u8> {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }

    #[inline]
    fn put_int(&mut self, n: impl itoa::Integer) {
        self.put(itoa::Buffer::new().format(n).as_bytes());
    }

    #[inline]
    fn put_hundredths(&mut self, n: i64) {
        put_decimal::<2>(self, n);
    }

    #[inline]
    fn put_ten_thousandths(&mut self, n: i64) {
        put_decimal::<4>(self, n);
    }

    #[inline]
    fn put_hex(&mut self, n: u64, digits: u32) {
        for digit in (0..digits).rev() {
            self.push(b"0123456789abcdef"[(n >> (digit * 4)) as usize & 15]);
        }
    }

    #[inline]
    fn put_bool(&mut self, b: bool) {
        self.put(if b { b"true" } else { b"false" });
    }
}

/// `n` / 10^`DECIMALS`, with all its decimals.
#[inline]
fn put_decimal<const DECIMALS: usize>(out: &mut Vec<u8>, n: i64) {
    if n < 0 {
        out.push(b'-');
    }
    let unit = 10_u64.pow(DECIMALS as u32);
    let n = n.unsigned_abs();
    out.put_int(n / unit);
    let mut digits = [b'0'; DECIMALS];
    let mut rest = n % unit;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.push(b'.');
    out.put(&digits);
}

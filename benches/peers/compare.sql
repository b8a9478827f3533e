-- Holds a peer's table (a CSV of its rows) against what the input says it should be: for each key its newest record, or, where rows
-- are appended, every record. Run with the names in capitals replaced.
create temp table expected as
  select record.id as id, epoch_ms(record.updated_at::timestamp) as updated_at, record.customer_id as customer_id, record.status as status,
    record.amount as amount, record.quantity as quantity, record.email as email, record.is_gift as is_gift, record.note as note
  from read_json(FILES, format = 'newline_delimited', columns = {type: 'varchar', sequence: 'bigint', record: 'struct(id bigint,
    updated_at varchar, customer_id bigint, status varchar, amount decimal(18, 4), quantity bigint, email varchar, is_gift boolean,
    note varchar)'})
  where type = 'RECORD'
  qualify APPEND or row_number() over (partition by id order by sequence desc) = 1;
create temp table found as
  select * from read_csv('FOUND', header = true, nullstr = '\N', allow_quoted_nulls = false, quote = '"', escape = '"',
    columns = {id: 'bigint', updated_at: 'bigint', customer_id: 'bigint', status: 'varchar', amount: 'decimal(18, 4)', quantity: 'bigint',
    email: 'varchar', is_gift: 'boolean', note: 'varchar'});
-- What a row is found by: its key, and its time where all of its versions are there. By a comparison of columns: anything else would be
-- joined row by row.
create macro found_by(updated_at) as case when APPEND then updated_at else 0 end;
copy (
  select (select count(*) from expected) as expected, (select count(*) from found) as found,
    count(*) filter (where f.updated_at is distinct from e.updated_at) as not_newest,
    count(*) filter (where f.updated_at = e.updated_at and f is distinct from e) as other_values
  from expected as e left join found as f on f.id = e.id and found_by(f.updated_at) = found_by(e.updated_at)
) to 'ANSWER' (format csv, delimiter e'\t');

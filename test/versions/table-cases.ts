/** A table and records that Postgres is asked to judge one by one. */
export interface TableCase {
  title: string
  /** First major version with this feature. */
  since?: number
  /** Creates the table; `:t` stands for its name. */
  sql: string
  /** Conflict target. */
  key?: string
  records: Array<Record<string, unknown>>
  /** How many of them Postgres must refuse, as a check of the case itself. */
  refused: number
}

/** Records with id 0 to count - 1, and other values made from the id. */
function rows(count: number, of: (id: number) => Record<string, unknown>): Array<Record<string, unknown>> {
  return Array.from({length: count}, (_, id) => ({id, ...of(id)}))
}

export const TABLES: TableCase[] = [
  {
    title: 'a domain whose check raises an error',
    sql: `CREATE DOMAIN :t_d AS int CHECK (100 / value > 0); CREATE TABLE :t (id int PRIMARY KEY, v :t_d)`,
    key: 'id',
    records: rows(12, (id) => ({v: id === 5 ? 0 : id === 7 ? 200 : 3})),
    refused: 2,
  },
  {
    title: 'a trigger that raises codes of its own',
    sql: `CREATE TABLE :t (id int PRIMARY KEY, v text);
CREATE FUNCTION :t_f() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.v <> 'ok' THEN RAISE EXCEPTION 'no' USING ERRCODE = NEW.v; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER t BEFORE INSERT ON :t FOR EACH ROW EXECUTE FUNCTION :t_f()`,
    key: 'id',
    records: rows(12, (id) => ({v: ['45000', 'ok', '55000', 'ok', '0A000', 'ok'][id] ?? 'ok'})),
    refused: 3,
  },
  {
    title: 'a deferrable unique column beside the key',
    sql: `CREATE TABLE :t (id int PRIMARY KEY, v int UNIQUE DEFERRABLE); INSERT INTO :t VALUES (-1, 5)`,
    key: 'id',
    records: rows(12, (id) => ({v: id === 4 ? 5 : id + 100})),
    refused: 1,
  },
  {
    title: 'a unique column that is checked at COMMIT',
    sql: `CREATE TABLE :t (id int PRIMARY KEY, v int UNIQUE DEFERRABLE INITIALLY DEFERRED);
INSERT INTO :t VALUES (-1, 5)`,
    key: 'id',
    records: rows(12, (id) => ({v: id === 4 ? 5 : id + 100})),
    refused: 1,
  },
  {
    title: 'a foreign key that is checked at COMMIT',
    sql: `CREATE TABLE :t_p (id int PRIMARY KEY); INSERT INTO :t_p VALUES (1);
CREATE TABLE :t (id int PRIMARY KEY, p int REFERENCES :t_p DEFERRABLE INITIALLY DEFERRED)`,
    key: 'id',
    records: rows(12, (id) => ({p: id % 5 === 2 ? 9 : id % 5 === 3 ? null : 1})),
    refused: 2,
  },
  {
    title: 'a constraint trigger that is checked at COMMIT',
    sql: `CREATE TABLE :t (id int PRIMARY KEY, v int);
CREATE FUNCTION :t_f() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.v < 0 THEN RAISE EXCEPTION 'negative' USING ERRCODE = '23514'; END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER t AFTER INSERT ON :t DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION :t_f()`,
    key: 'id',
    records: rows(12, (id) => ({v: id === 0 || id === 11 ? -1 : 1})),
    refused: 2,
  },
  {
    title: 'a second unique key',
    sql: `CREATE TABLE :t (id int PRIMARY KEY, v text UNIQUE); INSERT INTO :t VALUES (-1, 'taken'), (3, 'three')`,
    key: 'id',
    records: rows(12, (id) => ({v: id === 6 ? 'taken' : `v${id}`})),
    refused: 1,
  },
  {
    title: 'an exclusion constraint',
    sql: `CREATE TABLE :t (id int PRIMARY KEY, r int4range, EXCLUDE USING gist (r WITH &&));
INSERT INTO :t VALUES (-1, '[50,60)')`,
    key: 'id',
    records: rows(12, (id) => ({r: id === 5 ? '[55,56)' : `[${id},${id + 1})`})),
    refused: 1,
  },
  {
    title: 'partitions, one of them with a check of its own',
    sql: `CREATE TABLE :t (id int PRIMARY KEY, v int) PARTITION BY RANGE (id);
CREATE TABLE :t_a PARTITION OF :t FOR VALUES FROM (0) TO (6);
CREATE TABLE :t_b PARTITION OF :t FOR VALUES FROM (6) TO (10);
ALTER TABLE :t_b ADD CHECK (v > 0)`,
    key: 'id',
    records: rows(12, (id) => ({v: id === 7 ? -1 : 1})),
    refused: 3,
  },
  {
    title: 'a trigger on a partition',
    sql: `CREATE TABLE :t (id int PRIMARY KEY, v int) PARTITION BY RANGE (id);
CREATE TABLE :t_a PARTITION OF :t FOR VALUES FROM (0) TO (100);
CREATE FUNCTION :t_f() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.v < 0 THEN RAISE EXCEPTION 'negative' USING ERRCODE = '55000'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER t BEFORE INSERT ON :t_a FOR EACH ROW EXECUTE FUNCTION :t_f()`,
    key: 'id',
    records: rows(12, (id) => ({v: id === 3 ? -1 : 1})),
    refused: 1,
  },
  {
    title: 'a rule beside a unique key',
    sql: `CREATE TABLE :t_log (id int);
CREATE TABLE :t (id int PRIMARY KEY, v int CHECK (v > 0));
CREATE RULE r AS ON INSERT TO :t DO ALSO INSERT INTO :t_log VALUES (1)`,
    records: rows(12, (id) => ({v: id === 3 ? -1 : 1})),
    refused: 1,
  },
  {
    title: 'a unique index that carries a column without an order',
    sql: `CREATE TABLE :t (id int, j json, v int CHECK (v > 0)); CREATE UNIQUE INDEX ON :t (id) INCLUDE (j);
INSERT INTO :t VALUES (2, '{}', 1)`,
    key: 'id',
    records: rows(12, (id) => ({j: {a: id}, v: id === 3 ? -1 : 1})),
    refused: 1,
  },
  {
    title: 'generated, identity and default columns',
    sql: `CREATE TABLE :t (id int PRIMARY KEY, ident int GENERATED BY DEFAULT AS IDENTITY,
  a int NOT NULL DEFAULT 7, twice int GENERATED ALWAYS AS (a * 2) STORED)`,
    key: 'id',
    records: rows(12, (id) => (id % 3 === 0 ? {} : {a: id % 3 === 1 ? null : id})),
    refused: 4,
  },
  {
    title: 'a missing value beside a wrong one',
    sql: `CREATE TABLE :t (id int PRIMARY KEY, a int NOT NULL, b int, tags int[])`,
    key: 'id',
    records: rows(12, (id) => ({
      a: id > 1 && id < 8 ? null : id,
      b: id === 4 || id === 9 ? 'x' : 1,
      tags: id === 6 || id === 9 ? '{1,two}' : '{1,2}',
    })),
    refused: 7,
  },
  {
    title: 'multiranges',
    sql: `CREATE TABLE :t (id int PRIMARY KEY, m int4multirange)`,
    key: 'id',
    records: rows(12, (id) => ({m: id === 4 ? '{[5,1)}' : id === 6 ? '{[1' : `{[${id},9),[20,30)}`})),
    refused: 4,
  },
  {
    title: 'nulls that are not distinct',
    since: 15,
    sql: `CREATE TABLE :t (id int PRIMARY KEY, v int UNIQUE NULLS NOT DISTINCT); INSERT INTO :t VALUES (-1, NULL)`,
    key: 'id',
    records: rows(12, (id) => ({v: id === 8 ? null : id})),
    refused: 1,
  },
  {
    title: 'a foreign key and a check that are not enforced',
    since: 18,
    sql: `CREATE TABLE :t_p (id int PRIMARY KEY);
CREATE TABLE :t (id int PRIMARY KEY, p int REFERENCES :t_p NOT ENFORCED, v int CHECK (v > 0) NOT ENFORCED,
  w int CHECK (w > 0))`,
    key: 'id',
    records: rows(12, (id) => ({p: 5, v: -1, w: id === 4 ? -1 : 1})),
    refused: 1,
  },
  {
    title: 'keys of periods',
    since: 18,
    sql: `CREATE TABLE :t_p (id int4range, at daterange, PRIMARY KEY (id, at WITHOUT OVERLAPS));
INSERT INTO :t_p VALUES ('[1,2)', '[2026-01-01,2026-07-01)'), ('[1,2)', '[2026-07-01,2027-01-01)');
CREATE TABLE :t (id int PRIMARY KEY, p int4range, at daterange, FOREIGN KEY (p, PERIOD at) REFERENCES :t_p (id, PERIOD at))`,
    key: 'id',
    records: rows(12, (id) => ({
      p: id === 5 ? '[9,10)' : '[1,2)',
      at: id === 7 ? '[2026-12-01,2027-02-01)' : '[2026-06-01,2026-08-01)',
    })),
    refused: 2,
  },
  {
    title: 'virtual generated columns',
    since: 18,
    sql: `CREATE TABLE :t (id int PRIMARY KEY, a int, twice int GENERATED ALWAYS AS (a * 2) VIRTUAL, CHECK (a < 1000))`,
    key: 'id',
    records: rows(12, (id) => ({a: id === 4 ? 5000 : id})),
    refused: 1,
  },
]

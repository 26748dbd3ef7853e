/** A table, and records of which some are refused by it in one way. */
export interface BadKind {
  name: string
  /** `:t` is the table's name. */
  sql: string
  good: (id: number) => string
  bad: (id: number) => string
  /** The SQLSTATE of every dead letter; undefined where there are several. */
  code?: string
}

const COLUMNS = `id int PRIMARY KEY, at timestamptz NOT NULL, lat float8 NOT NULL, lon float8 NOT NULL,
  level int, device text`

/** A record of about 120 bytes; `change` is written over its members. */
function record(id: number, change: Record<string, unknown> = {}): string {
  const at = new Date(1.7e12 + id * 1000).toISOString()
  const members = {
    id,
    at,
    lat: 46 + (id % 1000) / 1e4,
    lon: 7.5,
    level: 1000 + (id % 500),
    device: `d${id % 50}`,
  }
  return JSON.stringify({...members, ...change})
}

const trigger = (body: string) => `
CREATE FUNCTION :t_f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} RETURN NEW; END $$;
CREATE TRIGGER t BEFORE INSERT ON :t FOR EACH ROW EXECUTE FUNCTION :t_f()`

/** One change for each way in which a record of the table with many constraints can be wrong. */
const MANY = [
  {level: -1},
  {level: 9999},
  {lat: 91},
  {lon: 181},
  {serial: ''},
  {serial: 'taken'},
  {at: '1999-01-01'},
  {device: 'x'},
  {device: 'none'},
  {lat: 'north'},
  {lon: null},
]

/** Spreads what is chosen by it over the records. */
const hash = (id: number) => Math.imul(id, 2654435761) >>> 8

const good = (id: number) => record(id)
const low = (id: number) => record(id, {level: -1})

export const KINDS: BadKind[] = [
  {
    name: 'wrong value',
    sql: `CREATE TABLE :t (${COLUMNS})`,
    good,
    bad: (id) => record(id, {lat: 'north'}),
    code: '22P02',
  },
  {
    name: 'missing value',
    sql: `CREATE TABLE :t (${COLUMNS})`,
    good,
    bad: (id) => record(id, {lon: null}),
    code: '23502',
  },
  {
    name: 'missing parent',
    sql: `CREATE TABLE :t_p (name text PRIMARY KEY); INSERT INTO :t_p SELECT 'd' || n FROM generate_series(0, 49) n;
CREATE TABLE :t (${COLUMNS}, FOREIGN KEY (device) REFERENCES :t_p)`,
    good,
    bad: (id) => record(id, {device: 'none'}),
    code: '23503',
  },
  {
    name: 'failed check',
    sql: `CREATE TABLE :t (${COLUMNS}, CHECK (level > 0))`,
    good,
    bad: low,
    code: '23514',
  },
  {
    name: 'the four above',
    sql: `CREATE TABLE :t_p (name text PRIMARY KEY); INSERT INTO :t_p SELECT 'd' || n FROM generate_series(0, 49) n;
CREATE TABLE :t (${COLUMNS}, CHECK (level > 0), FOREIGN KEY (device) REFERENCES :t_p)`,
    good,
    bad: (id) =>
      record(id, [{lat: 'north'}, {lon: null}, {device: 'none'}, {level: -1}][((id / 10) % 4) | 0]),
  },
  {
    name: 'second unique key',
    sql: `CREATE TABLE :t (${COLUMNS}, serial text UNIQUE); INSERT INTO :t VALUES (-1, now(), 0, 0, 1, 'd', 'taken')`,
    good: (id) => record(id, {serial: `s${id}`}),
    bad: (id) => record(id, {serial: 'taken'}),
    code: '23505',
  },
  {
    name: 'check that calls a function',
    sql: `CREATE FUNCTION :t_f(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1 > 0; END';
CREATE TABLE :t (${COLUMNS}, CHECK (:t_f(level)))`,
    good,
    bad: low,
    code: '23514',
  },
  {
    name: 'trigger, failed check',
    sql: `CREATE TABLE :t (${COLUMNS}, CHECK (level > 0)); ${trigger('NEW.device := upper(NEW.device);')}`,
    good,
    bad: low,
    code: '23514',
  },
  {
    name: 'trigger that raises',
    sql: `CREATE TABLE :t (${COLUMNS}); ${trigger("IF NEW.level < 0 THEN RAISE EXCEPTION 'too low'; END IF;")}`,
    good,
    bad: low,
    code: 'P0001',
  },
  {
    name: 'trigger that raises 55000',
    sql: `CREATE TABLE :t (${COLUMNS});
${trigger("IF NEW.level < 0 THEN RAISE EXCEPTION 'too low' USING ERRCODE = '55000'; END IF;")}`,
    good,
    bad: low,
    code: '55000',
  },
  {
    name: 'exclusion constraint',
    sql: `CREATE TABLE :t (${COLUMNS}, EXCLUDE (device WITH =) WHERE (device LIKE 'x%'));
INSERT INTO :t VALUES (-1, now(), 0, 0, 1, 'x')`,
    good,
    bad: (id) => record(id, {device: 'x'}),
    code: '23P01',
  },
  {
    name: 'many constraints',
    sql: `CREATE TABLE :t_p (name text PRIMARY KEY); INSERT INTO :t_p SELECT 'd' || n FROM generate_series(0, 49) n;
CREATE TABLE :t (${COLUMNS}, serial text UNIQUE, CHECK (level > 0), CHECK (level < 5000), CHECK (lat BETWEEN -90 AND 90),
  CHECK (lon BETWEEN -180 AND 180), CHECK (serial <> ''), CHECK (at > '2000-01-01'), CHECK (device <> 'x'),
  FOREIGN KEY (device) REFERENCES :t_p); INSERT INTO :t VALUES (-1, now(), 0, 0, 1, 'd1', 'taken')`,
    good: (id) => record(id, {serial: `s${id}`}),
    bad: (id) => record(id, {serial: `s${id}`, ...MANY[hash(id) % MANY.length]}),
  },
  {
    name: 'no partition',
    sql: `CREATE TABLE :t (${COLUMNS}) PARTITION BY RANGE (id);
CREATE TABLE :t_a PARTITION OF :t FOR VALUES FROM (0) TO (100000000)`,
    good,
    bad: (id) => record(id + 200_000_000),
    code: '23514',
  },
]

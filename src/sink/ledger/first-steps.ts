/** First step: the ledger's table in `schema`; migrate.ts lists all steps in order. */
export const ledgerTable = (schema: string) => `
CREATE TABLE IF NOT EXISTS ${schema}.applied_lease (
  lease_id text PRIMARY KEY,
  queue text NOT NULL,
  sink text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  inserted integer NOT NULL,
  already_there integer NOT NULL,
  failed_at bigint[] NOT NULL,
  dead_letters text[] NOT NULL
);
CREATE INDEX IF NOT EXISTS applied_lease_applied_at ON ${schema}.applied_lease (applied_at)`

/** Step 3 of the schema. */
export const ledgerSplits = (schema: string) => `
ALTER TABLE ${schema}.applied_lease
  ADD COLUMN IF NOT EXISTS split boolean NOT NULL DEFAULT false,
  ADD COLUMN IF NOT EXISTS postponed text[] NOT NULL DEFAULT '{}',
  ADD COLUMN IF NOT EXISTS postponed_scores float8[] NOT NULL DEFAULT '{}'`

/**
 * Step 4 of the schema. Texts are kept as bytes, because a database in LATIN1 cannot hold every character. The origin
 * identifies the Redis of a lease, because two of them may have queues of the same name.
 */
export const ledgerBytes = (schema: string) => `
ALTER TABLE ${schema}.applied_lease
  ADD COLUMN origin text NOT NULL DEFAULT '',
  ADD COLUMN letter_bytes bytea[] NOT NULL DEFAULT '{}',
  ADD COLUMN postponed_bytes bytea[] NOT NULL DEFAULT '{}';
UPDATE ${schema}.applied_lease SET letter_bytes = ${asBytes('dead_letters')}, postponed_bytes = ${asBytes('postponed')}
  WHERE dead_letters <> '{}' OR postponed <> '{}';
ALTER TABLE ${schema}.applied_lease DROP COLUMN dead_letters, DROP COLUMN postponed;
ALTER TABLE ${schema}.applied_lease RENAME COLUMN letter_bytes TO dead_letters;
ALTER TABLE ${schema}.applied_lease RENAME COLUMN postponed_bytes TO postponed`

const asBytes = (column: string) =>
  `ARRAY(SELECT convert_to(t, 'UTF8') FROM unnest(${column}) WITH ORDINALITY u(t, n) ORDER BY n)`

import {randomUUID} from 'node:crypto'
import pg from 'pg'
import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'
import {cli, cliEnv, cliJson} from '../../support/cli.ts'

/** What a trigger does to the 100th row of every table "points" right after it was inserted. */
const SABOTAGE = {
  lost: 'DELETE FROM %I.%I p WHERE p IS NOT DISTINCT FROM $1',
  duplicated: 'INSERT INTO %I.%I SELECT ($1).*',
}

/** A database of its own, in which a trigger tampers with the rows of a bench behind its back. */
async function sabotagedDatabase(statement: string): Promise<{url: string; drop(): Promise<void>}> {
  const name = `sabotaged_${randomUUID().replaceAll('-', '')}`
  const admin = new pg.Client(inject('databaseUrl'))
  await admin.connect()
  await admin.query(`CREATE DATABASE ${name}`)
  const url = Object.assign(new URL(inject('databaseUrl')), {pathname: `/${name}`}).href
  const client = new pg.Client(url)
  await client.connect()
  await client.query(`
CREATE SEQUENCE public.inserted;
CREATE FUNCTION public.tamper() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF pg_trigger_depth() = 1 AND nextval('public.inserted') = 100 THEN
    EXECUTE format('${statement}', TG_TABLE_SCHEMA, TG_TABLE_NAME) USING NEW;
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION public.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE made record;
BEGIN
  FOR made IN SELECT * FROM pg_event_trigger_ddl_commands() LOOP
    IF made.command_tag = 'CREATE TABLE' AND made.object_identity LIKE '%.points' THEN
      EXECUTE format('CREATE TRIGGER tamper AFTER INSERT ON %s FOR EACH ROW EXECUTE FUNCTION public.tamper()', made.object_identity);
    END IF;
  END LOOP;
END $$;
CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.watch();`)
  await client.end()
  return {
    url,
    async drop() {
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`)
      await admin.end()
    },
  }
}

describe.each([
  {figure: 'lost', ledger: {enqueued: 500, rows: 499, lost: 1, duplicated: 0}},
  {figure: 'duplicated', ledger: {enqueued: 500, rows: 501, lost: 0, duplicated: 1}},
] as const)('a row that is $figure behind the back of a bench', ({figure, ledger}) => {
  const args = ['bench', 'bombard', '--count', '500', '--invalid', '0%']
  let database: Awaited<ReturnType<typeof sabotagedDatabase>>
  beforeAll(async () => {
    database = await sabotagedDatabase(SABOTAGE[figure])
  })
  afterAll(() => database.drop())

  it('fails the run with 5, in text and JSON', async () => {
    const env = cliEnv({DATABASE_URL: database.url})
    const {code, json} = await cliJson(args, {env})
    expect(json).toMatchObject({state: 'failed', ledger, metrics: {[figure]: 1}})
    expect(json.checks).toContainEqual({name: figure, ok: false, text: `${figure} 1`})
    expect(json.verdict).toContain('NOT all accounted for')
    expect(code).toBe(5)
    const shown = await cli(['bench', 'show', 'last'], {env})
    expect(shown.stdout).toContain(`✗ ${figure} 1`)
    expect(shown.stdout).toMatch(/^✗ bombard FAILED: 500 records in /)
  })
})

describe('a row that is lost in one of several rounds', () => {
  let database: Awaited<ReturnType<typeof sabotagedDatabase>>
  beforeAll(async () => {
    database = await sabotagedDatabase(SABOTAGE.lost)
  })
  afterAll(() => database.drop())

  it('fails the whole run, although the other rounds and so the median are clean', async () => {
    const args = ['bench', 'bombard', '--count', '500', '--invalid', '0%', '--rounds', '3']
    const {code, json} = await cliJson(args, {env: cliEnv({DATABASE_URL: database.url})})
    expect(json.rounds.lost).toEqual([1, 0, 0])
    expect(json.metrics.lost).toBe(0)
    expect(json.checks).toContainEqual({name: 'lost', ok: false, text: 'lost 1'})
    expect(json.state).toBe('failed')
    expect(code).toBe(5)
  })
})

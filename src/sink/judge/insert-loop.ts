import {type ClientBase, DatabaseError, escapeLiteral} from 'pg'
import {attempt} from '../../postgres/savepoint.ts'
import {TRANSIENT} from '../../postgres/sqlstates.ts'
import type {Outcome} from '../../record/outcomes.ts'
import type {DecodedLease} from '../decode/decoded.ts'
import type {Sink} from '../sink.ts'
import type {OnTaken} from '../write/record-writes.ts'
import type {Recordset} from '../write/recordset.ts'

/** What became of records that were inserted one by one. */
export interface Looped {
  /** Those that Postgres took, by their outcome. */
  settled: Map<Outcome, number[]>
  /** Each with Postgres's error, without its routine. */
  failed: Array<{record: number; error: DatabaseError}>
  /** Not tried, because the loop cannot run, or stopped ahead of a transient error or a timeout. */
  rest: number[]
}

/** A DO block takes no parameters and returns nothing, so settings of the transaction carry data in and out. */
const RECORDS = 'qtool.records'
const NEXT = 'qtool.next'
const FOUND = 'qtool.found'

/** As the block writes it; records are numbered from 1. */
interface Found {
  /** Where in its order it stopped, from 1. */
  next: number
  isDone: boolean
  /** A transient error stopped it, not the clock. */
  isStopped: boolean
  /** Records that were not inserted, and what became of each. */
  others: number[]
  became: Outcome[]
  failed: Array<[number, string, string, string, string, string, string]>
  rest: number[]
}

/**
 * Inserts records one by one in a loop on the server, so that the number of round trips does not grow with the number of
 * records at fault. A record is condemned only by an error that it met alone, after everything before it was written.
 * Needs a transaction. On Postgres 18 a record costs the server 12 to 16 µs of CPU, whether one in a hundred is at fault or
 * nearly all are (2,000 records, with a trigger); one INSERT of all of them takes 6 µs.
 */
export async function insertByLooping(
  client: ClientBase,
  sink: Sink,
  set: Recordset,
  lease: DecodedLease,
  records: number[],
  how: {onTaken: OnTaken; callsIn: boolean},
): Promise<Looped> {
  const looped: Looped = {settled: new Map(), failed: [], rest: records}
  const texts = sink.decoder.texts.array(lease, records)
  const block = `DO LANGUAGE plpgsql ${escapeLiteral(loop(set, how))}`
  for (let next = 1; ; ) {
    const outcome = await attempt(client, async () => {
      if (next === 1) await client.query(`SELECT FROM set_config('${RECORDS}', $1, true)`, [texts])
      await client.query(`SELECT FROM set_config('${NEXT}', $1, true)`, [next])
      await client.query(block)
      return client.query<{found: Found}>(`SELECT current_setting('${FOUND}')::json AS found`)
    })
    if (outcome.error) return addInserted(looped, records)
    const {found} = outcome.value.rows[0]
    addTo(looped, records, found)
    if (found.isDone || found.isStopped) return addInserted(looped, records)
    next = found.next
  }
}

function addTo(looped: Looped, records: number[], found: Found): void {
  for (const [i, n] of found.others.entries()) settle(looped, found.became[i], [records[n - 1]])
  for (const [n, code, message, ...said] of found.failed) {
    const [detail, column, constraint, table] = said.map((text) => (text === '' ? undefined : text))
    const error = new DatabaseError(message, message.length, 'error')
    Object.assign(error, {code, detail, column, constraint, table})
    looped.failed.push({record: records[n - 1], error})
  }
  looped.rest = found.rest.map((n) => records[n - 1])
}

/** The records that none of the answers speaks of were inserted. */
function addInserted(looped: Looped, records: number[]): Looped {
  const refused = looped.failed.map(({record}) => record)
  const others = new Set([...looped.settled.values(), looped.rest, refused].flat())
  settle(
    looped,
    'inserted',
    records.filter((record) => !others.has(record)),
  )
  return looped
}

function settle({settled}: Looped, outcome: Outcome, records: number[]): void {
  const known = settled.get(outcome)
  if (!known) settled.set(outcome, records)
  else for (const record of records) known.push(record)
}

/**
 * A block with an EXCEPTION clause is a subtransaction, and one that writes takes a transaction id. As long as none fails,
 * each spans more records than the one before: a sixteenth of those since the last failure. A failure behind others costs
 * these a second insert, which is why the share is small: if every tenth fails, each record has its own. The loop ends
 * after a second, or half the statement timeout, and is then called again, so that no limit for one statement has to
 * suffice for all records. OTHERS does not include ASSERT. The loop cannot tell a deadlock from a RAISE with its SQLSTATE: it
 * stops, and the next statement meets the deadlock again.
 */
function loop(set: Recordset, {onTaken, callsIn}: {onTaken: OnTaken; callsIn: boolean}): string {
  return `#variable_conflict use_column
DECLARE
  texts json := current_setting('${RECORDS}')::json;
  records json[] := ARRAY(SELECT json_array_elements(texts));
  turns int[]; places bigint[]; most int;
  at int := current_setting('${NEXT}')::int;
  here int; last int := at; behind int; counted bigint;
  ahead int;
  code text; message text; detail text; col text; rule text; tab text;
  others int[] := '{}'; became text[] := '{}'; outcome text; failed json[] := '{}';
  stopped boolean := false; is_new boolean; settled bigint := 0; was_others int; was_settled bigint;
  patience interval := current_setting('statement_timeout')::interval / 2;
  ends timestamptz := clock_timestamp() + CASE WHEN patience > '0' AND patience < '1 s' THEN patience ELSE '1 s' END;
BEGIN
  SELECT array_agg(n), array_agg(place) INTO turns, places FROM (${set.writes.turns('texts')}) AS turn;
  most := cardinality(turns); ahead := most + 1;
  WHILE at <= most LOOP
    here := at; behind := least(at + 1 + (at - last) / 16, ahead); ahead := most + 1;
    was_others := cardinality(others); was_settled := settled;
    BEGIN
      WHILE here < behind LOOP
        IF places[here] = settled THEN
          outcome := 'superseded';
        ELSE
          ${set.writes.one('records[turns[here]]', onTaken)}
          ${callsIn ? 'SET CONSTRAINTS ALL IMMEDIATE;' : ''}
          settled := places[here];
        END IF;
        IF outcome <> 'inserted' THEN others := others || turns[here]; became := became || outcome; END IF;
        here := here + 1;
      END LOOP;
      at := behind;
    EXCEPTION WHEN OTHERS OR ASSERT_FAILURE THEN
      others := others[:was_others]; became := became[:was_others]; settled := was_settled;
      IF here > at THEN
        ahead := here;
      ELSE
        GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
          col = COLUMN_NAME, rule = CONSTRAINT_NAME, tab = TABLE_NAME;
        stopped := code ~ ${escapeLiteral(TRANSIENT)};
        EXIT WHEN stopped;
        failed := failed || json_build_array(turns[at], code, message, detail, col, rule, tab);
        at := at + 1; last := at;
      END IF;
    END;
    EXIT WHEN clock_timestamp() > ends;
  END LOOP;
  PERFORM set_config('${FOUND}', json_build_object('next', at, 'isDone', at > most, 'isStopped', stopped,
    'others', others, 'became', became, 'failed', failed, 'rest', turns[at:])::text, true);
END`
}

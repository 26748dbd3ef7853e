/** A hostile line and its required outcome: stored, rejected by `enqueue` with a code, or a dead letter with a code. */
export interface CorpusLine {
  id: number
  line: Buffer
  verdict: 'stored' | 'refused' | 'dead'
  code?: string
}

const PARENT = '11111111-1111-4111-8111-111111111111'

export const CORPUS_TABLES = `
CREATE TABLE p (id uuid PRIMARY KEY);
INSERT INTO p VALUES ('${PARENT}');
CREATE TABLE c (id uuid PRIMARY KEY, flight_id uuid NOT NULL REFERENCES p, ts timestamptz, lat float8, lon float8,
  n int4, amount numeric(10,2), name text, doc jsonb)`

/** `@` stands for the keys of case `id`; `‹ff fe›` for raw bytes. */
function line(id: number, text: string): Buffer {
  const uuid = `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`
  const expanded = text.replace('@', `"id":"${uuid}","flight_id":"${PARENT}"`)
  const parts = expanded.split(/‹([0-9a-f ]+)›/)
  return Buffer.concat(
    parts.map((part, i) => (i % 2 === 0 ? Buffer.from(part) : Buffer.from(part.replaceAll(' ', ''), 'hex'))),
  )
}

const stored = (id: number, text: string): CorpusLine => ({id, line: line(id, text), verdict: 'stored'})
const refused = (id: number, text: string, code: string): CorpusLine => ({
  id,
  line: line(id, text),
  verdict: 'refused',
  code,
})
const dead = (id: number, text: string, code: string): CorpusLine => ({
  id,
  line: line(id, text),
  verdict: 'dead',
  code,
})

export const CORPUS: CorpusLine[] = [
  stored(1, '{@,"name":"ok"}'),
  refused(2, '{@,"name":"x\\u0000y"}', 'NUL'),
  refused(3, '{@,"doc":{"a":"x\\u0000y"}}', 'NUL'),
  refused(4, '{@,"doc":{"k\\u0000":1}}', 'NUL'),
  stored(5, '{@,"name":"x\\\\u0000y"}'),
  refused(6, '{@,"name":"‹00›"}', 'JSON'),
  refused(7, '{@,"doc":{"a":"\\ud800"}}', 'SURROGATE'),
  refused(8, '{@,"name":"\\udc00\\ud800"}', 'SURROGATE'),
  stored(9, '{@,"name":"\\ud83d\\ude00"}'),
  refused(10, '{@,"name":"‹ff fe›"}', 'UTF8'),
  refused(11, '{@,"name":"‹c0 80›"}', 'UTF8'),
  refused(13, '{@,"name":"‹f4 90 80 80›"}', 'UTF8'),
  refused(14, '{@,"name":"‹e2 82›"}', 'UTF8'),
  refused(17, '{@,"name":"‹1b›[31mred"}', 'JSON'),
  stored(18, '{@,"name":"\\u001b]0;pwn\\u0007"}'),
  stored(20, '{@,"name":"<img src=x onerror=alert(1)>"}'),
  stored(21, '{@,"name":"=HYPERLINK(\\"http://e\\")"}'),
  stored(22, '{@,"name":"a\\tb\\nc\\\\.\\\\N"}'),
  stored(23, '{@,"name":"\\\\."}'),
  stored(24, '{@,"name":"\\\\N"}'),
  stored(25, `{@,"name":"'); drop table c;--"}`),
  dead(26, '{@,"n":2147483648}', '22003'),
  dead(27, '{@,"n":1.5}', '22P02'),
  dead(29, '{@,"n":true}', '22P02'),
  dead(30, '{@,"amount":123456789.00}', '22003'),
  stored(32, '{@,"doc":{"v":9007199254740993}}'),
  stored(33, '{@,"doc":{"v":1e400}}'),
  refused(34, '{@,"lat":NaN}', 'JSON'),
  dead(35, '{@,"lat":"NaN"}', 'NOT_FINITE'),
  dead(36, '{@,"amount":" nan "}', 'NOT_FINITE'),
  stored(37, '{@,"doc":{"v":-0}}'),
  dead(38, '{@,"ts":"2024-02-30T00:00:00Z"}', '22008'),
  dead(39, '{@,"ts":"infinity"}', 'TS_FORMAT'),
  dead(40, '{@,"ts":"now"}', 'TS_FORMAT'),
  dead(41, '{@,"ts":"J2451187"}', 'TS_FORMAT'),
  dead(42, '{@,"ts":"1/2/2024"}', 'TS_FORMAT'),
  dead(43, '{@,"ts":1717200000}', 'TS_FORMAT'),
  dead(44, '{@,"ts":""}', '22007'),
  dead(
    45,
    '{"id":"00000000-0000-4000-8000-000000000045","flight_id":"22222222-2222-4222-8222-222222222222"}',
    '23503',
  ),
  dead(47, '{"id":"00000000-0000-4000-8000-000000000047"}', '23502'),
  stored(51, '{@,"nope":1}'),
  stored(53, '{@,"doc":{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}}}}'),
  refused(55, '"str"', 'SHAPE'),
  refused(56, 'null', 'SHAPE'),
  refused(57, '{@,"name":"trailing comma",}', 'JSON'),
  refused(59, `{@,"doc":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'DEPTH'),
  refused(60, `{@,"name":"${'x'.repeat(2_097_152)}"}`, 'SIZE'),
  refused(61, '{@,"name":"a","name":"b"}', 'DUPKEY'),
  refused(62, '{@,"name":"a","n\\u0061me":"a"}', 'DUPKEY'),
  refused(63, '{@,"doc":{"a":[{"k":1,"k":2}]}}', 'DUPKEY'),
  stored(64, '{@,"doc":{"name":1,"doc":{"name":2}}}'),
]

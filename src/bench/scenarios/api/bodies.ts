/** About as large as a point of a track. */
const PADDING = 'x'.repeat(80)

let made = 0

/** NDJSON with so many records, none of which any call has made before. */
export function nextBody(records: number): string {
  let body = ''
  for (let i = 0; i < records; i++) body += `{"n":${made++},"of":${process.pid},"padding":"${PADDING}"}\n`
  return body
}

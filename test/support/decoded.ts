import type {DecodedLease} from '../../src/sink/decode/decoded.ts'

/** All that is decided about a record. */
export function outcomeOf(lease: DecodedLease, record: number) {
  const rows = [...lease.groups.values()].flatMap(({shape, buffer, records, ends}) => {
    const row = records.indexOf(record)
    return row < 0
      ? []
      : [{columns: shape.columns, text: buffer.bytes.toString('latin1', ends[row - 1] ?? 0, ends[row])}]
  })
  const keys = lease.keys.map((key) => {
    const at = key.ofRecord.findIndex((one, i) => i % 2 === 0 && one === record)
    return at < 0 ? null : JSON.parse(key.json().toString())[key.ofRecord[at + 1]]
  })
  return {
    rows,
    keys,
    text: lease.text(record).toString('latin1'),
    columns: lease.shapes[record]?.columns,
    isSuspect: lease.suspects.includes(record),
    edits: lease.edits
      .get(record)
      ?.map(({start, end, text}) => [start - lease.starts[record], end - lease.starts[record], text]),
    cause: lease.rejections.find((rejection) => rejection.record === record)?.cause,
  }
}

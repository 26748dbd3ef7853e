import type {DemoResult} from '../operations/demo.ts'
import {escapeLine} from './escape.ts'
import {count, duration} from './format.ts'
import {grid, pairs} from './table.ts'

/** Renders the verdict, the ledger, the dead letters, and the documented figures beside the measured ones. */
export function renderDemo(result: DemoResult, width: number): string {
  const lost =
    result.enqueued - result.rows - result.alreadyThere - result.deadLetters - result.leased - result.ready
  const verdict = result.conserved
    ? `none lost, none duplicated: ${count(result.enqueued)} records enqueued, ${count(result.enqueued)} accounted for`
    : `NOT CONSERVED: ${count(Math.abs(lost))} records ${lost > 0 ? 'missing' : 'too many'}`
  return [verdict, ledger(result), deadLetters(result, width), capacity(result)].join('\n\n')
}

function ledger(result: DemoResult): string {
  return `ledger\n${pairs([
    ['read', count(result.read)],
    ['enqueued', count(result.enqueued)],
    ['duplicates', `${count(result.duplicates)} identical points in the recordings`],
    ['rejected', `${count(result.rejected)} points without a time`],
    ['rows in the table', count(result.rows)],
    ['already there', count(result.alreadyThere)],
    ['dead letters', count(result.deadLetters)],
    ['leased, ready', `${count(result.leased)}, ${count(result.ready)}`],
  ])}`
}

function deadLetters(result: DemoResult, width: number): string {
  const rows = result.examples.map((example) => [
    example.reason,
    example.code ?? '-',
    escapeLine(example.message ?? '-'),
  ])
  const columns = [{title: 'reason'}, {title: 'code'}, {title: 'message', flexible: true} as const]
  return `dead letters, one of each kind\n${grid(columns, rows, Math.min(width, 120))}`
}

/** Compares with the capacity report that qtool is based on. */
function capacity(result: DemoResult): string {
  const right = 'right' as const
  const columns = [
    {title: 'measure'},
    {title: 'documented', align: right},
    {title: 'measured', align: right},
    {title: 'times', align: right},
  ]
  const row = (name: string, documented: number, measured: number, unit: string) => [
    name,
    `${count(documented)} ${unit}`,
    `${count(measured)} ${unit}`,
    `${count(measured / documented)}x`,
  ]
  const total = result.enqueueSeconds + result.drainSeconds
  return `capacity\n${grid(columns, [
    row('enqueue, pipelined', 3800, result.itemsPerSecond, 'items/s'),
    row(`drain, ${result.workers} workers`, 1000, result.recordsPerSecond, 'rows/s'),
    [
      '50,000 records, enqueue and drain',
      '13.0 s',
      duration(total * 1000),
      `${(13_000 / (total * 1000)).toFixed(1)}x`,
    ],
  ])}`
}

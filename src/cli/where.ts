import {Flags} from '@oclif/core'
import {conditionsOf, type Expression} from '../filter/expression.ts'

/** The filter in the language of docs/filters.md. */
export const whereFlag = {
  where: Flags.string({
    helpGroup: 'FILTER',
    summary: "Filter, such as 'age>2h NOT payload.source:igc'; see docs/filters.md.",
    helpValue: 'FILTER',
  }),
}

/** What a command says of a filter that names another queue than the one it reads; undefined if it names none. */
export function otherQueueNote(expression: Expression, queue: string): string | undefined {
  const other = conditionsOf(expression)
    .flatMap((one) =>
      one.kind === 'is' && one.field === 'queue' && one.pattern.length === 1 ? one.pattern : [],
    )
    .find((name) => name !== queue)
  return other === undefined
    ? undefined
    : `the filter names queue ${other}, but only queue ${queue} is read; -q chooses another`
}

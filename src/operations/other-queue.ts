import {conditionsOf, type Expression} from '../filter/expression.ts'

/** What the user is told of a filter that names another queue than the one that is read; undefined if it names none. */
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

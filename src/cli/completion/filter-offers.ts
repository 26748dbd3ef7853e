import {type Candidate, complete} from '../../filter/complete.ts'
import {DEAD_LETTERS, READY_ITEMS, type Vocabulary} from '../../filter/fields.ts'
import type {QueueEngine} from '../../queue/engine.ts'
import type {Offer} from './offer.ts'

/** What may follow in a filter of dead letters, or else of ready items; a server is asked only for values. */
export async function filterOffers(
  word: string,
  from: number,
  {ofLetters, withQueue}: {ofLetters: boolean; withQueue: WithQueue},
): Promise<Offer[]> {
  const vocabulary = ofLetters ? DEAD_LETTERS : READY_ITEMS
  const known = offersOf(word, from, vocabulary)
  if (known.length > 0 || !ofLetters) return known
  const values = await withQueue(async (queue) => {
    const {letterValues} = await import('../../operations/letter-values.ts')
    const {id, group, ...others} = await letterValues(queue)
    const ids = {id: id.map(({text}) => text), group: group.map(({text}) => text)}
    return {...others, ...ids, queue: [queue.name]}
  })
  return offersOf(word, from, {...vocabulary, values})
}

export type WithQueue = <R>(use: (queue: QueueEngine) => Promise<R>) => Promise<R>

function offersOf(word: string, from: number, vocabulary: Vocabulary): Offer[] {
  const filter = word.slice(from)
  const found = complete(filter, filter.length, vocabulary)
  return found
    .flatMap((one) => joined(one, filter, found.length === 1, vocabulary))
    .map((one) => ({
      ...one,
      from: from + one.from,
    }))
}

/** The only name that fits is offered with its operators, so that a shell does not end the word behind the name. */
function joined(
  {text, from, kind, summary}: Candidate,
  filter: string,
  isOnly: boolean,
  vocabulary: Vocabulary,
): Offer[] {
  const offer = {text, from, summary, isPart: kind === 'field' || kind === 'operator'}
  if (kind !== 'field' || !isOnly || text.endsWith('.')) return [offer]
  const whole = filter.slice(0, from) + text
  const operators = complete(whole, whole.length, vocabulary).filter((one) => one.kind === 'operator')
  return operators.map((operator) => ({...offer, text: text + operator.text}))
}

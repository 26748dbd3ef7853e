import type {Observation, Sample} from '../../monitor/observation.ts'
import type {Trouble} from '../../monitor/trouble.ts'
import type {TopDesk} from '../../operations/top.ts'

/** What is known of the chosen queue. */
export interface ChosenFacts {
  observation: Observation | undefined
  history: readonly Sample[]
  trouble: Trouble | undefined
}

const NOTHING: ChosenFacts = {observation: undefined, history: [], trouble: undefined}

/** Watches the queue that is chosen, and no other. */
export class Chosen {
  readonly #desk: TopDesk
  readonly #onChange: () => void
  #queue: string | undefined
  #leave = () => {}
  #facts = NOTHING
  #isHeld = false

  constructor(desk: TopDesk, onChange: () => void) {
    this.#desk = desk
    this.#onChange = onChange
  }

  follow(queue: string | undefined): void {
    if (queue === this.#queue) return
    this.leave()
    this.#queue = queue
    if (queue === undefined) return
    const monitor = this.#desk.monitor(queue)
    this.#leave = monitor.subscribe({
      onReading: (observation) => this.#onReading(observation, monitor.history()),
      onTrouble: (trouble) => this.#set({...this.#facts, trouble}),
    })
  }

  /** While it is held, the first reading of another queue is shown, and then no more. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld
  }

  leave(): void {
    this.#leave()
    this.#leave = () => {}
    this.#queue = undefined
    this.#facts = NOTHING
  }

  facts(queue: string | undefined): ChosenFacts {
    return queue === this.#queue ? this.#facts : NOTHING
  }

  #onReading(observation: Observation, history: readonly Sample[]): void {
    const isFrozen = this.#isHeld && this.#facts.observation !== undefined
    this.#set(isFrozen ? {...this.#facts, trouble: undefined} : {observation, history, trouble: undefined})
  }

  #set(facts: ChosenFacts): void {
    this.#facts = facts
    this.#onChange()
  }
}

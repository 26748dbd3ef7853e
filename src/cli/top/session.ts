import type {JudgedList, SurveyMonitor} from '../../monitor/survey-monitor.ts'
import type {Trouble} from '../../monitor/trouble.ts'
import type {TopDesk} from '../../operations/top.ts'
import {renderTop} from '../../render/top/top.ts'
import type {Place} from '../../render/top/view.ts'
import {Chosen} from './chosen.ts'
import {KeyReader} from './keys.ts'
import {press, type Seen, type Wish} from './press.ts'
import {Screen} from './screen.ts'
import {selectRows, settled, type TopState} from './state.ts'
import {viewOf} from './view-of.ts'

/** Shown times go on while there are no readings, ms. */
const TICK_MS = 1000

/** How a session was left. */
export type Ending = 'quit' | 'interrupt'

export interface SessionOptions {
  desk: TopDesk
  server: string
  state: TopState
  look: Pick<Place, 'style' | 'signs'>
  /** An error in words, without secrets. */
  describe(error: unknown): string
  /** Ends what the user has started, when the session is left. */
  stop(): void
}

/** `qtool top` from the first screen to the last. */
export class TopSession {
  readonly #options: SessionOptions
  readonly #screen: Screen
  readonly #keys = new KeyReader((key) => this.#onKey(key))
  readonly #chosen: Chosen
  #state: TopState
  #list: JudgedList | undefined
  #trouble: Trouble | undefined
  #held: Map<string, number[]> | undefined
  #acting: {what: string; done: Promise<void>} | undefined
  #isDrawing = false
  #isOver = false
  #end = (_: Ending) => {}
  readonly #ended = new Promise<Ending>((resolve) => {
    this.#end = resolve
  })

  constructor(options: SessionOptions) {
    this.#options = options
    this.#state = options.state
    this.#chosen = new Chosen(options.desk, () => this.#show())
    this.#screen = new Screen(process.stdin, process.stdout, {
      onInput: (text) => this.#keys.read(text),
      onChange: () => this.#show(),
      onEnd: () => this.#end('interrupt'),
    })
  }

  /** Shows the queues until the user leaves, or the signal is aborted. */
  async run(signal: AbortSignal): Promise<Ending> {
    const {desk, stop} = this.#options
    const interrupt = () => this.#end('interrupt')
    if (signal.aborted) interrupt()
    signal.addEventListener('abort', interrupt, {once: true})
    const tick = setInterval(() => this.#show(), TICK_MS)
    this.#screen.open()
    const leave = desk.survey.subscribe({
      onReading: (list) => this.#onList(list),
      onTrouble: (trouble) => this.#onTrouble(trouble),
    })
    try {
      const ending = await this.#ended
      stop()
      if (this.#acting) this.say(`stopping: ${this.#acting.what}`)
      await this.#acting?.done
      return ending
    } finally {
      this.#isOver = true
      leave()
      this.#chosen.leave()
      clearInterval(tick)
      this.#keys.stop()
      this.#screen.close()
    }
  }

  /** Says something on the last line, until the next key. */
  say(message: string): void {
    this.#state = {...this.#state, message}
    this.#show()
  }

  #onList(list: JudgedList): void {
    this.#trouble = undefined
    if (!this.#state.isHeld || !this.#list) this.#list = list
    this.#show()
  }

  #onTrouble(trouble: Trouble): void {
    this.#trouble = trouble
    this.#show()
  }

  #onKey(key: string): void {
    const {isHeld} = this.#state
    const {state, wish} = press(this.#state, key, this.#seen())
    this.#state = state
    if (state.isHeld !== isHeld) this.#hold(state.isHeld)
    if (wish) this.#grant(wish)
    this.#show()
  }

  #hold(isHeld: boolean): void {
    const {survey} = this.#options.desk
    const queues = this.#list?.queues ?? []
    this.#held = isHeld ? new Map(queues.map(({queue}) => [queue, survey.backlogs(queue)])) : undefined
    this.#chosen.hold(isHeld)
  }

  #grant(wish: Wish): void {
    if (wish.do === 'act') this.#act(wish)
    else if (wish.do === 'suspend') this.#screen.suspend()
    else if (wish.do === 'interrupt' && this.#acting && this.#state.message?.startsWith('stopping'))
      process.exit(130)
    else this.#end(wish.do)
  }

  /** One thing at a time, and nothing while Redis is away: it would be done later, when nobody expects it any more. */
  #act({action, queue, reason}: Extract<Wish, {do: 'act'}>): void {
    const busy = this.#acting && `still busy with ${this.#acting.what}`
    const obstacle = busy ?? (this.#trouble && 'Redis does not answer')
    if (obstacle) {
      this.say(`nothing was changed: ${obstacle}`)
      return
    }
    const {desk, describe} = this.#options
    const done = desk.actions[action](queue, reason)
      .then(
        (text) => this.say(text),
        (error) => this.say(describe(error)),
      )
      .finally(() => {
        this.#acting = undefined
      })
    this.#acting = {what: `${action} of ${queue}`, done}
  }

  #seen(): Seen {
    const rows = selectRows(this.#list?.queues ?? [], this.#state)
    const {observation} = this.#chosen.facts(this.#state.chosen)
    return {rows, reasons: Object.entries(observation?.inspection.deadLettersByReason ?? {})}
  }

  /** Draws once for all that happens in one turn of the event loop. */
  #show(): void {
    if (this.#isDrawing || this.#isOver) return
    this.#isDrawing = true
    setImmediate(() => {
      this.#isDrawing = false
      if (!this.#isOver) this.#draw()
    })
  }

  #draw(): void {
    const {desk, server, look} = this.#options
    const {rows, reasons} = this.#seen()
    this.#state = settled(this.#state, {rows, reasons: reasons.map(([reason]) => reason)})
    this.#chosen.follow(this.#state.chosen)
    const backlogs: SurveyMonitor['backlogs'] = (queue) =>
      this.#held?.get(queue) ?? desk.survey.backlogs(queue)
    const facts = {...this.#chosen.facts(this.#state.chosen), rows, backlogs, list: this.#list}
    const view = viewOf(this.#state, {...facts, listTrouble: this.#trouble, server})
    this.#screen.draw(renderTop(view, {...look, ...this.#screen.size}))
  }
}

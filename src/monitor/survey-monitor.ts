import type {QueueList, QueueSurvey} from '../queue/survey/queue-survey.ts'
import {type JudgedRow, judgeRow} from './judged-row.ts'
import type {Point} from './least-squares.ts'
import {type Listener, Poller} from './poller.ts'
import type {MonitorOptions} from './queue-monitor.ts'

type Survey = Pick<QueueSurvey, 'findAll' | 'look'>

/** Every queue of a Redis, each with its verdict. */
export interface JudgedList extends QueueList {
  queues: JudgedRow[]
}

/** Backlogs that are kept of each queue: of about a minute. */
const KEPT = 30

/** Backlogs that say whether a queue grows. */
const TREND = 15

/** The one reader of all queues of a Redis, for all who look at them; like `QueueMonitor`. */
export class SurveyMonitor {
  readonly #newSurvey: () => Survey
  readonly #options: MonitorOptions
  readonly #poller: Poller<JudgedList>
  #survey: Survey | undefined
  #backlogs = new Map<string, Point[]>()

  /**
   * @param newSurvey makes a survey; called again after one has failed, which cannot continue
   * @param found one that has found its queues already
   */
  constructor(newSurvey: () => Survey, options: MonitorOptions = {}, found?: Survey) {
    this.#newSurvey = newSurvey
    this.#survey = found
    this.#options = options
    const {everyMs = 2000, explain} = options
    this.#poller = new Poller(() => this.#read(), {
      everyMs,
      doing: 'reading all queues',
      ...(explain && {explain}),
    })
  }

  /** Tells a listener of every reading, and of trouble while there is none. @returns what ends that */
  subscribe(listener: Listener<JudgedList>): () => void {
    return this.#poller.subscribe(listener)
  }

  latest(): JudgedList | undefined {
    return this.#poller.latest()
  }

  /** The latest reading if it is fresh, else a new one. Rejects with the error of Redis. */
  current(): Promise<JudgedList> {
    return this.#poller.current()
  }

  /** Items ready or leased of the last minute, as far as somebody listened; oldest first, one a reading. */
  backlogs(queue: string): number[] {
    return this.#backlogs.get(queue)?.map(([, backlog]) => backlog) ?? []
  }

  async #read(): Promise<JudgedList> {
    const list = await this.#look()
    const seconds = performance.now() / 1000
    const before = this.#backlogs
    this.#backlogs = new Map(
      list.queues.map(({queue, ready, leased}) => {
        const backlog: Point[] = ready === null || leased === null ? [] : [[seconds, ready + leased]]
        return [queue, [...(before.get(queue) ?? []), ...backlog].slice(-KEPT)]
      }),
    )
    return {...list, queues: list.queues.map((row) => this.#judge(row))}
  }

  async #look(): Promise<QueueList> {
    const known = this.#survey
    this.#survey = undefined
    const survey = known ?? this.#newSurvey()
    if (!known) await survey.findAll(() => {})
    const list = await survey.look()
    this.#survey = survey
    return list
  }

  #judge(row: QueueList['queues'][number]): JudgedRow {
    return judgeRow(row, this.#backlogs.get(row.queue)?.slice(-TREND) ?? [], this.#options.limits)
  }
}

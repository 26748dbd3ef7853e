import type {Observation} from '../../monitor/observation.ts'
import {fill, h} from '../dom.ts'
import {count, plural} from '../format.ts'
import {followLive} from '../live.ts'
import {complain} from '../notices.ts'
import {Painter} from '../paint.ts'

/** How the number of dead letters has changed since they were read, as it happens. */
export class News {
  readonly node = h('p', {class: 'news'})
  readonly #read: () => void
  readonly #painter = new Painter<number>((now) => this.#show(now))
  readonly #end: () => void
  #before: number | undefined

  /** @param read reads them again */
  constructor(queue: string, read: () => void) {
    this.#read = read
    const observation = ({inspection}: Observation) => this.#painter.show(inspection.deadLetters)
    this.#end = followLive(`queue/${encodeURIComponent(queue)}/events`, {observation}, complain)
  }

  /** @param deadLetters as many as there were when they were read */
  startFrom(deadLetters: number): void {
    this.#before = deadLetters
    fill(this.node)
  }

  close(): void {
    this.#end()
    this.#painter.close()
  }

  #show(now: number): void {
    fill(this.node)
    if (this.#before === undefined || now === this.#before) return
    const by = Math.abs(now - this.#before)
    const what = now > this.#before ? `${count(by)} more` : `${count(by)} fewer`
    const again = h('button', {type: 'button', class: 'quiet', on: {click: this.#read}}, 'read again (r)')
    fill(this.node, h('span', {}, `now ${plural(now, 'dead letter')}, ${what}`), ' ', again)
  }
}

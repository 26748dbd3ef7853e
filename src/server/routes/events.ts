import type {Static} from 'typebox'
import type {JudgedList} from '../../monitor/survey-monitor.ts'
import {EVENT_STREAM} from '../described.ts'
import {EventStream} from '../event-stream.ts'
import type {Server} from '../server.ts'
import {QueueParams} from '../shape/params.ts'

const tags = ['events']
const ENDING = 'Server-sent events. They end when the server stops; connect again then.'

/** What happens, as it happens: one reader a queue serves all who listen. */
export function addEvents({app, monitors, resources}: Server): void {
  const all = {
    tags,
    summary: 'All queues, about every two seconds.',
    description: ENDING,
    response: EVENT_STREAM,
  }
  app.get('/events', {schema: all}, (request, reply) => {
    const stream = new EventStream(request, reply, resources.stopping)
    const onReading = (list: JudgedList) => stream.send('queues', list)
    const onTrouble = (trouble: object) => stream.send('trouble', trouble)
    stream.onClose(monitors.survey.subscribe({onReading, onTrouble}))
  })

  const one = {
    tags,
    summary:
      'A queue, about every second: `history` first, then `observation`, and `trouble` while there is none.',
    description: ENDING,
    params: QueueParams,
    response: EVENT_STREAM,
  }
  app.get<{Params: Static<typeof QueueParams>}>('/queue/:queue/events', {schema: one}, (request, reply) => {
    const {queue} = request.params
    // An impossible name is refused before the stream begins
    const monitor = monitors.queue(queue)
    const stream = new EventStream(request, reply, resources.stopping)
    stream.send('history', monitor.history())
    const onReading = (observation: object) => stream.send('observation', observation)
    const onTrouble = (trouble: object) => stream.send('trouble', trouble)
    stream.onClose(monitor.subscribe({onReading, onTrouble}))
  })
}

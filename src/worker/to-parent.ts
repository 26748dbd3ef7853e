import type {Progress, WorkEvent} from './events.ts'

/** What a worker process tells the one that started it, besides its metrics. */
export interface ToParent {
  workEvent: WorkEvent
  workProgress: Progress
}

/** In a worker process: hands on what happens, for the process that started it to say. */
export const toParent = {
  tell: (event: WorkEvent) => send({workEvent: event}),
  onProgress: (progress: Progress) => send({workProgress: progress}),
}

/** Nobody can be told if that process is gone. */
function send(message: Partial<ToParent>): void {
  if (process.connected) process.send?.(message, () => {})
}

import {LIST_ENDS} from '../config/queue-said.ts'
import type {Settings} from '../config/settings.ts'
import {QtoolError} from '../errors.ts'
import {askAtTerminal} from './terminal.ts'

/**
 * Runs what a command does with its queue. If that was refused because the end from which its list is popped is unknown,
 * it asks, and runs it again: nothing was changed before.
 */
export async function askingListEnd<R>(settings: Settings, run: () => Promise<R>): Promise<R> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof QtoolError) || error.code !== 'LIST_END' || !process.stdin.isTTY) throw error
    const answer = await askAtTerminal(`${error.message}. From which end, left or right? `)
    const listPops = LIST_ENDS.find((end) => end === answer.toLowerCase())
    if (listPops === undefined) throw error
    settings.said = {...settings.said, listPops}
    return run()
  }
}

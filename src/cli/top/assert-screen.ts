import {usageError} from '../../errors.ts'

/** @throws QtoolError (usage) where nothing can be drawn, or nobody can type */
export function assertScreen({isJson}: {isJson: boolean}): void {
  const once = '"qtool top --once" prints one view and ends'
  if (isJson) throw usageError('--json needs --once as well', once)
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw usageError('expected a terminal to draw on and to read keys from', once)
  }
  if (process.env.TERM === 'dumb') throw usageError('the terminal cannot place text (TERM=dumb)', once)
}

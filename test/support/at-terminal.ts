import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {fileURLToPath} from 'node:url'
import {cliEnv} from './cli.ts'

const BIN = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** Runs qtool in a terminal and can type keys; util-linux's `script` provides the terminal. */
export function atTerminal(args: string[], env: NodeJS.ProcessEnv = {}) {
  const words = [process.execPath, BIN, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['-qec', `stty cols 100; exec ${words}`, '/dev/null'], {
    env: {...cliEnv(env), TERM: 'xterm'},
  })
  let screen = ''
  child.stdout.on('data', (chunk) => {
    screen += chunk
  })
  return {
    screen: () => screen,
    type: (keys: string) => child.stdin.write(keys),
    ended: once(child, 'close').then(([code]) => code as number),
  }
}

import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {constants} from 'node:os'

/**
 * Hands the terminal to another program until it ends. Ctrl-C is for that program alone.
 * @returns its exit code
 */
export async function runClient(
  command: string,
  args: string[],
  env: Record<string, string>,
): Promise<number> {
  const ignore = () => {}
  process.on('SIGINT', ignore)
  try {
    const child = spawn(command, args, {stdio: 'inherit', env: {...process.env, ...env}})
    const [code, signal]: [number | null, NodeJS.Signals | null] = await once(child, 'exit').then(
      ([exit, by]) => [exit, by],
    )
    return code ?? 128 + constants.signals[signal ?? 'SIGTERM']
  } finally {
    process.off('SIGINT', ignore)
  }
}

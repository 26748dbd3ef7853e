import {spawn} from 'node:child_process'
import {once} from 'node:events'

/**
 * Ends the server and removes its folder when this process closes the pipe or dies in any way: otherwise every killed
 * test run would leave its servers running. A server that was killed leaves its pid file, and another process may have the id
 * by then: only one that works in the folder, or that was started with a file of it, is the server.
 */
const GUARD = `cat >/dev/null
home=$(cd "$1" && pwd -P)
named=$1
runs() {
  case "$(readlink "/proc/$pid/cwd")/ $(tr '\\0' ' ' <"/proc/$pid/cmdline")" in *"$home"/* | *"$named"/*) ;; *) false ;; esac
}
# A server that a test has stopped does not hear the signal
pid=$(head -n 1 "$2") && runs && kill -QUIT "$pid" && kill -CONT "$pid"
n=0
while runs && [ $n -lt 100 ]; do sleep 0.05; n=$((n + 1)); done
rm -rf "$1"`

/**
 * Guards a server.
 * @param home - removed at the end
 * @param pidFile - written by the server; its first line is the process id
 */
export function startGuard(home: string, pidFile: string): {stop(): Promise<void>} {
  const guard = spawn('sh', ['-c', GUARD, 'guard', home, pidFile], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  })
  guard.unref()
  return {
    async stop() {
      const ended = once(guard, 'exit')
      guard.ref()
      guard.stdin.end()
      await ended
    },
  }
}

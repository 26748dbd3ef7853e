import {chmod, mkdir, writeFile} from 'node:fs/promises'
import {connect} from 'node:net'
import {type Answer, launch, run, waitForAnswer} from '../process.ts'
import {configFile, pidFile} from '../running.ts'
import {logOf, type ServerPlace} from '../server.ts'
import {libraryFolders, serverEnv} from './libraries.ts'
import type {RedisBinary} from './redis-binary.ts'

/** Starts a Redis that outlives this process, and waits until it answers. */
export function startRedis(binary: RedisBinary, place: ServerPlace): Promise<void> {
  return startWith(binary, place, {lines: configLines(place), args: []})
}

/**
 * Starts a Redis or a sentinel with a configuration file.
 * @param lines of the file; without them it is kept as it is
 */
export async function startWith(
  binary: RedisBinary,
  {folder, port, password}: ServerPlace,
  {lines, args}: {lines?: string[]; args: string[]},
): Promise<void> {
  await mkdir(folder, {recursive: true, mode: 0o700})
  // In a file, because everybody on the machine can read arguments.
  if (lines) await writeFile(configFile(folder), `${lines.join('\n')}\n`, {mode: 0o600})
  await chmod(configFile(folder), 0o600)
  // Last time, the server may have run as another account.
  if (binary.account) {
    await run('chown', ['-R', `${binary.account.uid}:${binary.account.gid}`, folder])
  }
  const log = logOf(folder)
  const env = serverEnv(binary.unpacked ? libraryFolders(binary.unpacked) : [])
  const command = {
    command: binary.command,
    args: [configFile(folder), ...args],
    env,
    log,
    account: binary.account,
  }
  const ended = await launch(command)
  await waitForAnswer({name: binary.version, log, ask: () => askRedis(port, password), ended})
}

function configLines({folder, port, password, settings = []}: ServerPlace): string[] {
  return [
    'bind 127.0.0.1',
    'protected-mode yes',
    `port ${port}`,
    `requirepass ${password}`,
    // For the time when it is a replica
    `masterauth ${password}`,
    `dir "${folder}"`,
    `pidfile "${pidFile('redis', folder)}"`,
    'appendonly yes',
    'appendfsync everysec',
    // The append-only file keeps everything; additional snapshots would only disturb measurements.
    'save ""',
    'maxmemory-policy noeviction',
    // Shows the folder in the process title, by which serverPid recognises the process.
    'proc-title-template "{title} {listen-addr} {config-file} "',
    ...settings,
  ]
}

/** Whether the server accepts the password and has loaded its file. */
export function askRedis(port: number, password: string): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`AUTH ${password}\r\nPING\r\n`))
    let reply = ''
    const end = (answer: Answer) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(2000, () => end('none'))
    socket.on('error', () => end('none'))
    socket.on('close', () => end('none'))
    socket.on('data', (part) => {
      reply += part.toString('latin1')
      if (reply.includes('WRONGPASS')) end('denied')
      else if (reply.split('\r\n').length > 2) end(reply.includes('+PONG') ? 'ready' : 'none')
    })
  })
}

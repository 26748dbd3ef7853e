import {chown, mkdir, writeFile} from 'node:fs/promises'
import {connect} from 'node:net'
import {join} from 'node:path'
import {libraryPath} from './libraries.ts'
import type {StackPaths} from './paths.ts'
import {startServer, waitUntilReady} from './process.ts'
import type {RedisBinary} from './redis-binary.ts'

export interface RedisOptions {
  binary: RedisBinary
  /** Data folder; made where it does not exist. */
  folder: string
  port: number
  password: string
  account: StackPaths['account']
  /** More lines for the configuration file. */
  settings?: string[]
}

/** Starts a Redis that outlives this process and waits until it answers. @returns its process id */
export async function startRedis(options: RedisOptions): Promise<number> {
  const {binary, folder, port, password, account} = options
  await mkdir(folder, {recursive: true, mode: 0o700})
  // A file, not arguments: everybody on the machine can read arguments.
  const config = join(folder, 'redis.conf')
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir "${folder}"`,
    'appendonly yes',
    'appendfsync everysec',
    'maxmemory-policy noeviction',
    ...(options.settings ?? []),
  ]
  await writeFile(config, `${lines.join('\n')}\n`, {mode: 0o600})
  if (account) for (const path of [folder, config]) await chown(path, account.uid, account.gid)
  const log = `${folder}.log`
  const env = libraryPath(binary.libraries)
  const server = startServer({command: binary.command, args: [config], env, log, account})
  await waitUntilReady(binary.version, server, log, () => answers(port, password))
  return server.pid
}

/** Whether the server takes the password and is done loading its file. */
function answers(port: number, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`AUTH ${password}\r\nPING\r\n`))
    let reply = ''
    const end = (ready: boolean) => {
      socket.destroy()
      resolve(ready)
    }
    socket.setTimeout(2000, () => end(false))
    socket.on('error', () => end(false))
    socket.on('data', (part) => {
      reply += part.toString('latin1')
      if (reply.split('\r\n').length > 2) end(reply.includes('+PONG'))
    })
  })
}

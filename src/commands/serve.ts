import {Flags, type Interfaces} from '@oclif/core'
import {duration, rate} from '../cli/flags.ts'
import {OperationCommand} from '../cli/operation.ts'
import {connectionFlags, durabilityFlags, payloadFlag, queueFlag, readFromFlag} from '../cli/shared-flags.ts'
import {assertNoIdleFlags} from '../config/idle-flags.ts'
import {requireUrl} from '../config/require-url.ts'
import type {ServeResult} from '../server/serve.ts'

export default class Serve extends OperationCommand<ServeResult> {
  static override summary = 'Serve the dashboard, the HTTP API and metrics.'
  static override description =
    `Every request needs a token, but for the probes /healthz and /readyz and the page itself, which asks for it: that of
QTOOL_TOKEN, or one that is made at the start and shown once. /openapi.json describes all routes. The first Ctrl-C or
SIGTERM lets requests end; /readyz answers 503 meanwhile.`
  static override examples = [
    '<%= config.bin %> serve',
    'QTOOL_TOKEN=$(openssl rand -hex 24) <%= config.bin %> serve --host 0.0.0.0 --allowed-host queues.example.com',
  ]
  static override flags = {
    ...connectionFlags,
    ...readFromFlag,
    queue: queueFlag.queue,
    ...payloadFlag,
    ...durabilityFlags,
    host: Flags.string({default: '127.0.0.1', summary: 'Address to listen on.', helpValue: 'ADDRESS'}),
    port: Flags.integer({
      default: 8080,
      min: 0,
      max: 65535,
      summary: 'Port to listen on; 0 takes any that is free.',
    }),
    'allowed-host': Flags.string({
      multiple: true,
      summary: 'Also answer under this name, as behind a proxy.',
      helpValue: 'NAME',
    }),
    'tls-cert': Flags.string({
      dependsOn: ['tls-key'],
      summary: 'Serve HTTPS with this certificate, in PEM.',
      helpValue: 'FILE',
    }),
    'tls-key': Flags.string({
      dependsOn: ['tls-cert'],
      summary: 'Key of that certificate, in PEM.',
      helpValue: 'FILE',
    }),
    rate: rate({summary: 'Most requests a second from one address.', helpValue: '200/s'}),
    'max-requests': Flags.integer({
      default: 1000,
      min: 1,
      summary: 'Most requests at a time; more are answered with 503.',
    }),
    grace: duration({
      default: '25s',
      summary: 'How long requests may take after SIGTERM.',
      helpValue: 'TIME',
    }),
  }

  async run(): Promise<ServeResult> {
    const parsed = await this.parse(Serve)
    const {flags} = parsed
    const settings = await this.settings(flags)
    assertNoIdleFlags(parsed, {
      'min-replicas': settings.durability.level === 'memory' && 'without --durability',
    })
    const url = requireUrl(settings, 'redisUrl')
    const {openRedis} = await import('../redis/connect.ts')
    const {serve} = await import('../server/serve.ts')
    const {renderListening, renderServed} = await import('../render/serve.ts')
    const result = await serve({
      ...limitsOf(flags),
      settings,
      version: this.config.version,
      env: process.env,
      signal: this.interruption('letting requests end'),
      openRedis: () => openRedis(url, {...this.redisOptions, ...PATIENT}),
      openReading:
        settings.readFrom === 'replica'
          ? () => openRedis(url, {...this.redisOptions, ...PATIENT, readFrom: 'replica'})
          : undefined,
      note: (text) => this.note(text),
      onListening: (at) => this.note(renderListening(at)),
    })
    this.log(renderServed(result))
    return result
  }
}

/** Requests are answered with an error while Redis is away; the connection is never given up. */
const PATIENT = {reconnectMs: Number.POSITIVE_INFINITY, commandMs: 2000}

type ServeFlags = Interfaces.InferredFlags<typeof Serve.flags>

function limitsOf(flags: ServeFlags) {
  const {'tls-cert': cert, 'tls-key': key} = flags
  return {
    host: flags.host,
    port: flags.port,
    allowedHosts: flags['allowed-host'] ?? [],
    tls: cert !== undefined && key !== undefined ? {cert, key} : undefined,
    rate: flags.rate,
    maxRequests: flags['max-requests'],
    bodyMs: 15_000,
    graceMs: flags.grace,
  }
}

import {type Static, Type} from 'typebox'

export const ServerEnvironment = Type.Object(
  {
    version: Type.String({description: 'Version; `unknown` if the server does not tell.'}),
    local: Type.Boolean({description: 'Whether it is reached over a loopback address or a socket file.'}),
    roundTripMs: Type.Number({description: 'Median round trip of an empty command, ms.', minimum: 0}),
    settings: Type.Record(Type.String(), Type.String(), {
      description: 'Settings that affect figures, e.g. appendfsync; empty if the server does not tell them.',
    }),
  },
  {description: 'A server and its settings.'},
)
export type ServerEnvironment = Static<typeof ServerEnvironment>

export const Environment = Type.Object(
  {
    cpu: Type.String({description: 'Model of the processor.'}),
    cores: Type.Integer({description: 'Cores available to this process.', minimum: 1}),
    memory: Type.Number({description: 'Memory of the machine in bytes.', minimum: 0}),
    system: Type.String({description: 'Kernel, its release, and the architecture.'}),
    node: Type.String({description: 'Version of Node.'}),
    qtool: Type.String({description: 'Version of qtool.'}),
    redis: Type.Union([ServerEnvironment, Type.Null()], {
      description: 'The Redis server; null if the scenario uses none.',
    }),
    postgres: Type.Union([ServerEnvironment, Type.Null()], {
      description: 'The Postgres server; null if the scenario uses none.',
    }),
    fingerprint: Type.String({
      description:
        'Hash of everything that affects figures: machine, Node, servers and their settings, but not the version of qtool or the round trips.',
      pattern: '^[0-9a-f]{12}$',
    }),
  },
  {description: 'Machine, versions and settings. Runs of different environments are not compared.'},
)
export type Environment = Static<typeof Environment>

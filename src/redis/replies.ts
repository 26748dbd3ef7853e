import type {ErrorKind} from '../errors.ts'

/**
 * What an error reply means for later calls.
 * - `transient`: Redis executed nothing, and may accept the same call a little later
 * - `refused`: this user may not log in, or may not run the command
 * - `lasting`: the same call fails until somebody acts
 */
export type ReplyClass = 'transient' | 'refused' | 'lasting'

export interface Reply {
  class: ReplyClass
  /** How a command ends with it, and what to do next. A reply without it is shown as it is. */
  answer?: {kind: ErrorKind; advice: string}
  /** Tells a reply that begins with ERR, and has no word of its own, from others of its kind. */
  says?: RegExp
  /** Replaces the verb in "Redis at … answered: …". */
  verb?: string
}

const SLOT_MOVES: Reply['answer'] = {
  kind: 'connect',
  advice: 'the slot of this queue is moving to another node; try again once it has moved',
}

const OF_A_CLUSTER: Reply['answer'] = {
  kind: 'usage',
  advice: 'this server is a node of a Redis Cluster: write redis+cluster://host:port in place of redis://',
}

/** The error replies that qtool knows, by their first word. BUSYKEY and BUSYGROUP are other words than BUSY. */
export const REPLIES: Readonly<Record<string, Reply>> = {
  MAXCLIENTS: {
    class: 'lasting',
    says: /max number of clients/i,
    verb: 'accepts no more clients',
    answer: {
      kind: 'connect',
      advice: 'lower REDIS_MAX_CONNECTIONS, close other clients, or raise maxclients',
    },
  },
  LOADING: {
    class: 'transient',
    answer: {kind: 'connect', advice: 'Redis is still loading its data; try again'},
  },
  BUSY: {class: 'transient', answer: {kind: 'connect', advice: 'a script is blocking Redis; try again'}},
  READONLY: {
    class: 'transient',
    answer: {kind: 'connect', advice: 'this is a replica; connect to the primary'},
  },
  MASTERDOWN: {
    class: 'transient',
    answer: {kind: 'connect', advice: 'this replica has lost its primary; connect to the primary'},
  },
  CLUSTERDOWN: {
    class: 'transient',
    answer: {
      kind: 'connect',
      advice: 'a part of the cluster is down: redis-cli --cluster check HOST:PORT says which; try again',
    },
  },
  TRYAGAIN: {class: 'transient', answer: SLOT_MOVES},
  ASK: {class: 'transient', answer: SLOT_MOVES},
  // Another word for ASK, from within a script: whatever it had changed is the same after the next call
  NONLOCAL: {class: 'transient', says: /access a non local key in a cluster node/, answer: SLOT_MOVES},
  MOVED: {class: 'transient', answer: OF_A_CLUSTER},
  CROSSSLOT: {class: 'lasting', answer: OF_A_CLUSTER},
  NOCLUSTER: {
    class: 'lasting',
    says: /cluster support disabled/i,
    answer: {kind: 'usage', advice: 'this is a single server: write redis:// in place of redis+cluster://'},
  },
  NOTANODE: {
    class: 'lasting',
    says: /unknown command '?CLUSTER\b/i,
    answer: {
      kind: 'usage',
      advice:
        'this is not a node of a Redis Cluster: write redis+sentinel://host:26379/NAME for sentinels, redis:// for a single server',
    },
  },
  NOREPLICAS: {class: 'transient'},
  MISCONF: {
    class: 'transient',
    answer: {kind: 'failure', advice: 'Redis cannot save its data to disk; check its log and the disk'},
  },
  NOAUTH: {
    class: 'refused',
    answer: {kind: 'connect', advice: 'put the password into the URL: redis://:password@host:6379'},
  },
  WRONGPASS: {
    class: 'refused',
    answer: {kind: 'connect', advice: 'check user and password of the Redis URL'},
  },
  NOPERM: {
    class: 'refused',
    answer: {kind: 'failure', advice: 'allow this Redis user the command and the keys with ACL SETUSER'},
  },
  DENIED: {
    class: 'lasting',
    answer: {kind: 'connect', advice: 'set a password on the server, or turn its protected mode off'},
  },
  WRONGTYPE: {
    class: 'lasting',
    answer: {kind: 'failure', advice: 'a key of this queue has another type; name another queue with -q'},
  },
  OOM: {
    class: 'lasting',
    answer: {kind: 'failure', advice: 'drain the queue with qtool work, or raise maxmemory'},
  },
}

export interface DriverMessage {
  starts: string
  /** Only ioredis says this, so the message alone shows that the error is about Redis. */
  isOfDriver: boolean
}

/** Messages, without a code, for a connection that broke or cannot be made. */
export const DRIVER_MESSAGES: readonly DriverMessage[] = [
  {starts: 'Connection is closed', isOfDriver: true},
  {starts: 'Command timed out', isOfDriver: true},
  {starts: "Stream isn't writeable", isOfDriver: true},
  {starts: 'Socket timeout', isOfDriver: true},
  // A part of a pipeline or a transaction whose other part was sent to the wrong server, or was answered before
  {starts: 'Command aborted', isOfDriver: true},
  // Its name shows that it is about Redis: MaxRetriesPerRequestError
  {starts: 'Reached the max retries', isOfDriver: false},
  // System calls, which other connections make as well
  {starts: 'connect ', isOfDriver: false},
  {starts: 'read ', isOfDriver: false},
  {starts: 'write ', isOfDriver: false},
]

/** The row for the message of an error, and its key; undefined for an unknown reply, or for no reply. */
export function replyOf(message: string): (Reply & {code: string}) | undefined {
  const row = Object.entries(REPLIES).find(([word, {says}]) =>
    says ? says.test(message) : message.startsWith(`${word} `),
  )
  return row && {code: row[0], ...row[1]}
}

export function driverMessageOf(message: string): DriverMessage | undefined {
  return DRIVER_MESSAGES.find(({starts}) => message.startsWith(starts))
}

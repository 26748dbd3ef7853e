import {Kind} from '../../json/kind.ts'
import {chooseRecords} from './choose.ts'
import {kindOf, membersNamed, textOf} from './json-text.ts'
import {type JobBytes, JobFault, type JobOptions, type Payload} from './payload.ts'
import {jsonOfCommand} from './php.ts'

const JOB = ['job', 'data', 'displayName'].map((name) => Buffer.from(name))
const DATA = ['commandName', 'command'].map((name) => Buffer.from(name))

/** A job of Laravel: its data, the properties of its command, or what `pushRaw` was given. */
export const LARAVEL: Payload = {
  roots: ['data'],

  records({item}: JobBytes, {path}: JobOptions): Buffer {
    const [job, data] = membersNamed(item, JOB, 'the job')
    // Without both it is no job of Laravel's own, but what pushRaw was given
    const isOwn = job !== undefined && data !== undefined
    return chooseRecords({data: isOwn ? ownData(data) : item}, path)
  },

  nameOf({item}: JobBytes): string | null {
    const [job, , displayName] = membersNamed(item, JOB, 'the job')
    return textOf(displayName) ?? textOf(job) ?? null
  },
}

function ownData(data: Buffer): Buffer {
  if (kindOf(data) !== Kind.Object) return data
  const [name, command] = membersNamed(data, DATA, 'the data')
  const serialized = textOf(command)
  if (name === undefined || serialized === undefined) return data
  if (!serialized.startsWith('O:')) {
    throw new JobFault('JOB', 'expected the command to be a serialized PHP object; it may be encrypted')
  }
  return jsonOfCommand(Buffer.from(serialized))
}

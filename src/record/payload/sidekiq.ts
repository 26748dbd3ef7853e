import {Kind} from '../../json/kind.ts'
import {chooseRecords} from './choose.ts'
import {kindOf, listed, membersNamed, textOf} from './json-text.ts'
import {type JobBytes, JobFault, type JobOptions, type Payload} from './payload.ts'

const JOB = ['class', 'args', 'wrapped', 'bid', 'encrypt'].map((name) => Buffer.from(name))
const ARGUMENTS = [Buffer.from('arguments')]

/** Classes under which Rails hands its jobs to Sidekiq; their own arguments stand inside. */
const WRAPPERS = ['ActiveJob::QueueAdapters::SidekiqAdapter::JobWrapper', 'Sidekiq::ActiveJob::Wrapper']

/** A job of Sidekiq, also one of Rails' Active Job. */
export const SIDEKIQ: Payload = {
  roots: ['args'],

  records({item}: JobBytes, {path}: JobOptions): Buffer {
    const [name, args, , batch, encrypted] = membersNamed(item, JOB, 'the job')
    if (args === undefined) throw new JobFault('SHAPE', 'expected a job of Sidekiq with "args", found none')
    if (kindOf(batch) !== Kind.Null) {
      throw new JobFault('JOB', 'the job belongs to a batch, which waits until a Sidekiq worker has run it')
    }
    if (encrypted?.toString() === 'true') throw new JobFault('JOB', 'the arguments of the job are encrypted')
    return chooseRecords({args: ownArguments(textOf(name), args)}, path)
  },

  nameOf({item}: JobBytes): string | null {
    const [name, , wrapped] = membersNamed(item, JOB, 'the job')
    return textOf(wrapped) ?? textOf(name) ?? null
  },
}

function ownArguments(name: string | undefined, args: Buffer): Buffer {
  if (name === undefined || !WRAPPERS.includes(name)) return args
  const [wrapped] = listed(args, 'the arguments')
  const inner =
    kindOf(wrapped) === Kind.Object ? membersNamed(wrapped, ARGUMENTS, 'the job of Rails')[0] : undefined
  if (inner === undefined) throw new JobFault('SHAPE', 'expected a job of Rails with "arguments", found none')
  return inner
}

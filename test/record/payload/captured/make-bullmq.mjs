// Prints jobs as BullMQ writes them into Redis. Usage: node make-bullmq.mjs REDIS_URL (an empty database)
import {FlowProducer, Queue} from 'bullmq'
import {Redis} from 'ioredis'

const {hostname, port, pathname} = new URL(process.argv[2])
const connection = {host: hostname, port: Number(port), db: Number(pathname.slice(1))}
const client = new Redis(connection)
const queue = new Queue('captured', {connection})
const taken = []

async function take(name) {
  const id = await client.rpop('bull:captured:wait')
  const hash = await client.hgetallBuffer(`bull:captured:${id}`)
  const fields = Object.fromEntries(
    Object.entries(hash).map(([key, value]) => [key, value.toString('base64')]),
  )
  taken.push({name, item: Buffer.from(id).toString('base64'), fields})
}

async function add(name, data, options) {
  await queue.add('save', data, options)
  await take(name)
}

await add('object', {half: 1.5, text: 'é\u2028', none: null, deep: {list: [1]}})
await add('list of objects', [{n: 1}, {n: 2}])
await add('own id', {n: 1}, {jobId: 'own-id'})
await add('text', 'text')
await add('nothing')
const flow = new FlowProducer({connection})
await flow.add({
  name: 'parent',
  queueName: 'parents',
  children: [{name: 'child', queueName: 'captured', data: {n: 1}}],
})
await take('child')
await queue.upsertJobScheduler('every-minute', {every: 60_000}, {name: 'save', data: {n: 1}})
const [scheduled] = await client.zrange('bull:captured:delayed', 0, -1)
if (scheduled) await client.rpush('bull:captured:wait', scheduled)
await take('scheduled')
await Promise.all([queue.close(), flow.close()])
client.disconnect()
process.stdout.write(`${JSON.stringify(taken, null, 1)}\n`)

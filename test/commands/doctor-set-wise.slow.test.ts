import {beforeAll, expect, it} from 'vitest'
import {cli, cliJson} from '../support/cli.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

beforeAll(() =>
  context.pool.query(`CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE plain (id int PRIMARY KEY, p int REFERENCES p);
CREATE TABLE tree (id int PRIMARY KEY, p int CONSTRAINT up REFERENCES tree); CREATE INDEX ON tree (p)`),
)

const examine = (table: string, ...flags: string[]) => [
  'doctor',
  '-q',
  context.newQueue().queue,
  '--table',
  `${context.schema}.${table}`,
  ...flags,
]

it('says that a worker checks foreign keys for a whole lease at once', async () => {
  expect((await cliJson(examine('plain'))).json.setWise).toEqual({possible: true, reasons: [], grant: null})
  const {stdout} = await cli(examine('plain'))
  expect(stdout).toContain('\nforeign keys: qtool work checks them for a whole lease at once\n')
})

it('says why it does not', async () => {
  const {stdout} = await cli(examine('tree'))
  expect(stdout).toContain('\nforeign keys: qtool work checks them row by row\n')
  expect(stdout).toContain('foreign key up refers to the table itself')
})

it('says nothing of a table without foreign keys', async () => {
  expect((await cliJson(examine('p'))).json.setWise).toBeNull()
  expect((await cli(examine('p'))).stdout).not.toContain('foreign keys')
})

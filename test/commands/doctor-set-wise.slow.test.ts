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

it('says that foreign keys could be checked for a whole lease at once, and that qtool does not yet', async () => {
  expect((await cliJson(examine('plain'))).json.setWise).toEqual({possible: true, reasons: [], grant: null})
  const {stdout} = await cli(examine('plain'))
  expect(stdout).toMatch(
    /\nforeign keys checked for a whole lease at once: possible \(qtool checks row by row/,
  )
})

it('says why they could not', async () => {
  const {stdout} = await cli(examine('tree'))
  expect(stdout).toContain('for a whole lease at once: not possible')
  expect(stdout).toContain('foreign key up refers to the table itself')
})

it('says nothing of a table without foreign keys', async () => {
  expect((await cliJson(examine('p'))).json.setWise).toBeNull()
  expect((await cli(examine('p'))).stdout).not.toContain('foreign keys')
})

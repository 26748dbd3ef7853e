import type {Pool} from 'pg'

/** A pool with connections that act as another role. */
export function asRole(pool: Pool, role: string): Pool {
  return new Proxy(pool, {
    get(target, name) {
      if (name === 'connect') {
        return async () => {
          const client = await target.connect()
          await client.query(`SET ROLE ${role}`)
          const release = client.release.bind(client)
          // Destroyed on release, so that the test's pool never gets a connection with another role
          client.release = () => release(true)
          return client
        }
      }
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

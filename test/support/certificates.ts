import {execFileSync} from 'node:child_process'
import {chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {serverAccount} from '../../src/stack/account.ts'

/** Paths of a certificate and its key. */
export interface Pair {
  cert: string
  key: string
}

export interface Certificates {
  folder: string
  /** Path of the authority's own certificate. */
  ca: string
  /** A pair signed by the authority. @param names e.g. `IP:127.0.0.1` */
  issue(commonName: string, names: string): Pair
  remove(): void
}

/** A certificate authority for one test, with files that the test servers can read. */
export function newCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'qtool-tls-'))
  chmodSync(folder, 0o711)
  const openssl = (...args: string[]) => execFileSync('openssl', args, {cwd: folder, stdio: 'ignore'})
  const subject = (name: string) => ['-subj', `/CN=${name}`, '-days', '2', '-nodes', '-newkey', 'rsa:2048']
  openssl('req', '-x509', ...subject('qtool test authority'), '-keyout', 'ca.key', '-out', 'ca.crt')
  const ca = join(folder, 'ca.crt')
  return {
    folder,
    ca,
    issue(commonName, names) {
      const name = commonName.replaceAll(/\W/g, '-')
      openssl('req', ...subject(commonName), '-keyout', `${name}.key`, '-out', `${name}.csr`)
      writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${names}\n`)
      const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2']
      openssl(
        'x509',
        '-req',
        '-in',
        `${name}.csr`,
        ...signed,
        '-extfile',
        `${name}.ext`,
        '-out',
        `${name}.crt`,
      )
      const pair = {cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`)}
      const account = serverAccount()
      for (const file of Object.values(pair)) {
        chmodSync(file, 0o600)
        if (account) chownSync(file, account.uid, account.gid)
      }
      return pair
    },
    remove: () => rmSync(folder, {recursive: true, force: true}),
  }
}

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";

/** What a TLS server shows. */
export interface Identity {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** A private certificate authority. */
export interface Authority {
  /** The file with its certificate. */
  readonly ca: string;
  /** A certificate for some names: "DNS:localhost,IP:127.0.0.1". */
  readonly issue: (names: string) => Promise<Identity>;
}

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

export async function makeAuthority(directory: string): Promise<Authority> {
  const path = (file: string) => join(directory, file);
  const openssl = (...args: string[]) => execa("openssl", args, { cwd: directory });
  await openssl(
    ...["req", "-x509", ...KEY, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2"],
    ...["-subj", "/CN=the authority of the tests"],
  );
  let issued = 0;
  return {
    ca: path("ca.pem"),
    issue: async (names) => {
      const name = `server-${++issued}`;
      await openssl(
        ...["req", ...KEY, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", "/CN=server"],
      );
      writeFileSync(path(`${name}.ext`), `subjectAltName=${names}\n`);
      await openssl(
        ...["x509", "-req", "-in", `${name}.csr`, "-CA", "ca.pem", "-CAkey", "ca.key"],
        ...["-CAcreateserial", "-days", "2", "-extfile", `${name}.ext`, "-out", `${name}.pem`],
      );
      return { key: readFileSync(path(`${name}.key`)), cert: readFileSync(path(`${name}.pem`)) };
    },
  };
}

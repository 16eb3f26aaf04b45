import type { IncomingHttpHeaders } from "node:http";

/** What a hook is shown of a request: never a credential. */
export interface HookRequest {
  readonly sandbox: string;
  readonly credential: string;
  readonly method: string;
  /** Below the provider's address. */
  readonly path: string;
  /** With its question mark, or empty. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /** The whole body, where the module exports `readsBodies = true`. */
  readonly body: Uint8Array | undefined;
}

/** What a hook says of a request: nothing to let it pass as it is. */
export type HookAnswer =
  | undefined
  | { readonly deny: string /** @default 403 */; readonly status?: number | undefined }
  | {
      /** Headers that are set, or removed where they are null. */
      readonly headers?: { readonly [header: string]: string | null } | undefined;
      readonly body?: Uint8Array | string | undefined;
    };

export interface HookResponse {
  readonly sandbox: string;
  readonly credential: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: { readonly [header: string]: string | string[] };
}

export type HookResponseAnswer =
  | undefined
  | { readonly deny: string /** @default 502 */; readonly status?: number | undefined }
  | {
      readonly headers?: { readonly [header: string]: string | null } | undefined;
      /** Changes the body, piece by piece as it comes; the length is then not said beforehand. */
      readonly transform?: ((chunk: Uint8Array) => Uint8Array) | undefined;
    };

/** What data cannot say, in TypeScript. Whatever a hook throws refuses the request. */
export interface Hooks {
  /** Whether `onRequest` is to see bodies, which then are whole before they are passed on @default false */
  readonly readsBodies?: boolean | undefined;
  readonly onRequest?: ((request: HookRequest) => HookAnswer | Promise<HookAnswer>) | undefined;
  readonly onResponse?: ((response: HookResponse) => HookResponseAnswer) | undefined;
}

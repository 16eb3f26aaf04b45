import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  type RateLimiterRes,
} from "rate-limiter-flexible";
import { ForageError } from "../../error.ts";
import {
  type Count,
  createLimiter,
  type Limiter,
  type MakeWindow,
  type Window,
} from "./limiter.ts";

/** More than any limit: what is allowed is compared by the limiter, since one window serves askers of different limits. */
const MANY = Number.MAX_SAFE_INTEGER;

/** A limiter, and what it holds open. */
export interface OpenLimiter {
  readonly limiter: Limiter;
  readonly close: () => void;
}

/**
 * A limiter that counts in this process, or in the Redis or Valkey server at an address, which several hosts may share.
 *
 * @throws ForageError `host` when ioredis is not installed beside forage-nix
 */
export async function openLimiter(redis: string | undefined): Promise<OpenLimiter> {
  const store = redis === undefined ? IN_MEMORY : await inRedis(redis);
  return { limiter: createLimiter(store.makeWindow), close: store.close };
}

interface Store {
  readonly makeWindow: MakeWindow;
  readonly close: () => void;
}

const IN_MEMORY: Store = {
  makeWindow: (options) => windowOf(new RateLimiterMemory({ ...options, points: MANY })),
  close: () => undefined,
};

async function inRedis(url: string): Promise<Store> {
  const { Redis } = await import("ioredis").catch((error: unknown) => {
    throw new ForageError(
      "host",
      [
        {
          path: ["bridge", "redis"],
          message: "limits in Redis need the package ioredis, which is not there",
          hint: "npm install ioredis",
        },
      ],
      { cause: error },
    );
  });
  const client = new Redis(url, {
    // A request is not to wait for a server that is away.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: 5000,
  });
  // Each request that cannot be counted says so; a listener keeps the process alive.
  client.on("error", () => undefined);
  await new Promise<void>((resolve) => {
    client.once("ready", resolve);
    client.once("error", () => resolve());
  });
  return {
    makeWindow: ({ keyPrefix, duration }) =>
      windowOf(
        new RateLimiterRedis({
          storeClient: client,
          keyPrefix: `forage:${keyPrefix}`,
          duration,
          points: MANY,
          rejectIfRedisNotReady: true,
        }),
      ),
    close: () => client.disconnect(),
  };
}

function windowOf(counter: RateLimiterAbstract): Window {
  return {
    read: async (key) => {
      const found = await counter.get(key);
      return found === null ? undefined : countOf(found);
    },
    add: async (key, points) =>
      countOf(await (points < 0 ? counter.reward(key, -points) : counter.penalty(key, points))),
  };
}

function countOf({ consumedPoints, msBeforeNext }: RateLimiterRes): Count {
  return { points: consumedPoints, msLeft: msBeforeNext };
}

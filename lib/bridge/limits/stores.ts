import { RateLimiterRedis, type RateLimiterRes } from "rate-limiter-flexible";
import { ForageError } from "../../error.ts";
import type { Count, MakeWindow } from "./limiter.ts";

/** More than any limit: what is allowed is compared here, since one window serves askers of different limits. */
const MANY = Number.MAX_SAFE_INTEGER;

/** A store that several hosts share. */
export interface SharedStore {
  readonly makeWindow: MakeWindow;
  readonly close: () => void;
}

/** @throws ForageError `host` when ioredis is not installed beside forage-nix */
export async function inRedis(url: string): Promise<SharedStore> {
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
    makeWindow: ({ keyPrefix, duration }) => {
      const counter = new RateLimiterRedis({
        storeClient: client,
        keyPrefix: `forage:${keyPrefix}`,
        duration,
        points: MANY,
        rejectIfRedisNotReady: true,
      });
      return {
        read: async (key) => {
          const found = await counter.get(key);
          return found === null ? undefined : countOf(found);
        },
        add: async (key, points) =>
          countOf(await (points < 0 ? counter.reward(key, -points) : counter.penalty(key, points))),
      };
    },
    close: () => client.disconnect(),
  };
}

function countOf({ consumedPoints, msBeforeNext }: RateLimiterRes): Count {
  return { points: consumedPoints, msLeft: msBeforeNext };
}

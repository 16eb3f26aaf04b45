import { expect, it } from "vitest";
import { needsLab, useLab } from "../support/lab.ts";

needsLab("a sandbox's life", () => {
  const lab = useLab();

  it("is up, does what it is for, and is gone", async () => {
    const up = await lab().forage([
      "up",
      "web",
      "--template",
      "default",
      "--workspace",
      "/srv/work",
    ]);
    expect(up).toMatchObject({ status: 0, out: "" });
    expect(up.err).toMatch(/web: build the system\n[^]*forage: web is up/);
    const ps = await lab().forage(["ps", "--json"]);
    expect(JSON.parse(ps.out)).toMatchObject([
      {
        name: "web",
        template: "default",
        state: "up",
        agents: ["claude", "aider"],
        workspace: "/srv/work",
      },
    ]);
    expect(await lab().forage(["exec", "web", "id", "-un"])).toMatchObject({
      status: 0,
      out: "agent\n",
    });
    const verified = await lab().forage(["verify", "web"]);
    expect(verified).toMatchObject({ status: 0, err: "" });
    const down = await lab().forage(["down", "web"]);
    expect(down).toMatchObject({ status: 0, out: "" });
    expect(await lab().leftovers("web")).toBe("");
    expect((await lab().bash("ls -d /srv/work")).status).toBe(0);
  });
});

/** What our tools need to know of the caller's environment. The rest may hold keys, and stays here. */
const PASSED =
  /^(?:PATH|HOME|USER|LOGNAME|TMPDIR|TZ|LOCALE_ARCHIVE|DBUS_SYSTEM_BUS_ADDRESS|NIX_.*|SSL_CERT_FILE|CURL_CA_BUNDLE|(?:https?|all|no)_proxy|XDG_(?:CACHE|CONFIG|DATA|STATE)_HOME)$/i;

/** The environment of each tool that the driver runs. Messages are read by programs, and so are in no language but C. */
export function toolEnvironment(): Record<string, string> {
  const passed = Object.entries(process.env).filter(
    (entry): entry is [string, string] => PASSED.test(entry[0]) && entry[1] !== undefined,
  );
  return {
    ...Object.fromEntries(passed),
    LC_ALL: "C.UTF-8",
    SYSTEMD_COLORS: "0",
    SYSTEMD_PAGER: "",
  };
}

/** The `nixos-container` to run: that of FORAGE_NIXOS_CONTAINER, or the one on PATH. */
export function nixosContainer(): string {
  return process.env["FORAGE_NIXOS_CONTAINER"] || "nixos-container";
}

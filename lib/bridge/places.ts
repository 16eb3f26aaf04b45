/** What is in the bridge's directory beside one directory for each sandbox. */
export const ADMIN_SOCKET = "admin.sock";
// No sandbox can have this name, whose directory it would be shown.
export const REGISTERED = ".registered";

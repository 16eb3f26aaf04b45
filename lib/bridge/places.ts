/** What is in the bridge's directory beside one directory for each sandbox. */
export const ADMIN_SOCKET = "admin.sock";
export const REGISTERED = "registered";

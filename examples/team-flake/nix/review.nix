# What sandboxes of the template "review" have beside what it says: any NixOS module.
{
  programs.git = {
    enable = true;
    config.user = {
      name = "Review agent";
      email = "review@example.org";
    };
  };
}

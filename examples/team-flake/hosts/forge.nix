# The host where the sandboxes run.
{
  nixpkgs.hostPlatform = "x86_64-linux";
  system.stateVersion = "25.11";

  fileSystems."/".device = "/dev/disk/by-label/nixos";
  boot.loader.systemd-boot.enable = true;

  sops = {
    defaultSopsFile = ../secrets.yaml;
    age.sshKeyPaths = [ "/etc/ssh/ssh_host_ed25519_key" ];
    secrets = {
      anthropic-api-key = { };
      openai-api-key = { };
      review-github-token = { };
    };
  };

  # The agents' user in a sandbox has the number 1000, and so needs these to be its own.
  systemd.tmpfiles.rules = map (name: "d /srv/agents/${name} 0750 1000 1000") [
    "alice"
    "bob"
    "review"
  ];
}

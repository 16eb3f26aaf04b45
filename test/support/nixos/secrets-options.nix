# Stand-ins for the options of sops-nix and agenix, as a NixOS module: they say where a secret's file will be.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;

  option = type: default: mkOption { inherit type default; };

  secret =
    directory:
    { name, ... }:
    {
      options = {
        name = option types.str name;
        path = option types.str "${directory}/${name}";
        mode = option types.str "0400";
        owner = option types.str "root";
        group = option types.str "root";
      };
    };
in
{
  options = {
    age.secretsDir = option types.path "/run/agenix";
    age.secrets = option (types.attrsOf (types.submodule (secret config.age.secretsDir))) { };
    sops.secrets = option (types.attrsOf (types.submodule (secret "/run/secrets"))) { };
  };
}

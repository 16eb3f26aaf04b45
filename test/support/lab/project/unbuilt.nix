# A system that cannot be built.
{ pkgs, ... }:
{
  environment.systemPackages = [
    (pkgs.writeTextFile {
      name = "unbuilt";
      text = "";
      checkPhase = ''
        echo "the reason why"
        exit 1
      '';
    })
  ];
}

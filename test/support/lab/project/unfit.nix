# A system that ends before it has started.
{
  system.activationScripts.unfit = ''
    echo "this one is unfit to start" >&2
    exit 3
  '';
}

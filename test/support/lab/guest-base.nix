# The programs of a container's system, out of the machine's own Debian: systemd, D-Bus and a shell, with the libraries that
# they are linked to. A container sees nothing of its host but the store, so they have to be in that.
{ bash, system }:
derivation {
  name = "guest-base";
  inherit system;
  builder = bash;
  args = [
    "-euc"
    ''
      mkdir -p $out/usr/bin $out/usr/lib/systemd/system $out/usr/lib64
      lib=/usr/lib/systemd
      programs="$lib/systemd $lib/systemd-journald $lib/systemd-shutdown $lib/systemd-executor $lib/systemd-socket-proxyd"
      programs="$programs /usr/bin/dbus-daemon /usr/bin/systemctl /usr/bin/journalctl /usr/bin/coreutils"
      for program in bash stty ls cat env id install mkdir rm cp mv ln touch stat sleep true false tr grep dd mount umount tty kill; do
        programs="$programs $(command -v $program)"
      done
      for program in $programs; do
        if [ -e "$program" ]; then
          ldd "$program" | while read -r name arrow path rest; do
            case $name$arrow in
              /*) path=$name ;;
            esac
            case $path in
              /*) cp -nL --parents "$path" $out/usr/lib/ ;;
            esac
          done
          case $program in
            /usr/*) target=$program ;;
            *) target=/usr$program ;;
          esac
          mkdir -p $out$(dirname $target)
          cp -nL $program $out$target
        fi
      done
      # The loader looks in the directories that Debian has them in.
      for directory in $out/usr/lib/lib $out/usr/lib/lib64 $out/usr/lib/usr/lib; do
        if [ -d $directory ]; then
          case $directory in
            */lib64) cp -rn $directory/. $out/usr/lib64/ ;;
            *) cp -rn $directory/. $out/usr/lib/ ;;
          esac
        fi
      done
      rm -rf $out/usr/lib/lib $out/usr/lib/lib64 $out/usr/lib/usr
      ln -s bash $out/usr/bin/sh
      # No swap.target: when /tmp, which is ordered after it, is gone before its umount has ended, systemd 252 forgets that
      # somebody waits, and the container never stops.
      for unit in basic.target sysinit.target sockets.target shutdown.target multi-user.target reboot.target poweroff.target \
        exit.target halt.target umount.target final.target slices.target paths.target timers.target local-fs.target \
        systemd-poweroff.service systemd-reboot.service systemd-halt.service systemd-exit.service rescue.target emergency.target \
        systemd-journald.service systemd-journald.socket systemd-journald-dev-log.socket dbus.socket dbus.service \
        time-set.target time-sync.target network.target; do
        cp -L $lib/system/$unit $out/usr/lib/systemd/system/
      done
      mkdir -p $out/usr/share/dbus-1/system.d
      cp /usr/share/dbus-1/system.conf $out/usr/share/dbus-1/
      cp /usr/share/dbus-1/system.d/org.freedesktop.systemd1.conf $out/usr/share/dbus-1/system.d/
      # Not a program as the last command: that closes its output before it exits, and Nix kills what has closed its output.
      true
    ''
  ];
  PATH = "/usr/bin:/bin";
}

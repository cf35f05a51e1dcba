#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""webkit_window.py [--kept FOLDER] [--features NAME,...] --automation

A window of WebKitGTK for WebKitWebDriver.  MiniBrowser forgets all when it is
driven; this one keeps, in FOLDER, what a page keeps in a browser.  Without
--kept it is a private window.

WebKitGTK leaves out some of what Safari has (navigator.storage, for one):
--features turns that on, by the names that "MiniBrowser --features=help" says.
"""
import argparse
import sys

try:
    import gi
    gi.require_version("Gtk", "3.0")
    gi.require_version("WebKit2", "4.1")
    # pylint: disable=wrong-import-position
    from gi.repository import Gtk, WebKit2
except (ImportError, ValueError) as e:
    print(e, file=sys.stderr)
    sys.exit(77)

SIZE = 1280, 900


def options():
    p = argparse.ArgumentParser()
    p.add_argument("--kept")
    p.add_argument("--features", default="")
    p.add_argument("--automation", action="store_true")
    p.add_argument("--there", action="store_true", help="can it be used?")
    return p.parse_args()


def settings_with(names):
    settings = WebKit2.Settings()
    features = WebKit2.Settings.get_all_features()
    known = [features.get(i) for i in range(features.get_length())]
    for name in filter(None, names.split(",")):
        [feature] = [f for f in known if f.get_identifier() == name]
        settings.set_feature_enabled(feature, True)
    return settings


def context_of(folder):
    if not folder:
        return WebKit2.WebContext.new_ephemeral()
    kept = WebKit2.WebsiteDataManager(base_data_directory=folder + "/data",
                                      base_cache_directory=folder + "/cache")
    return WebKit2.WebContext(website_data_manager=kept)


def asked_for(_view, _resource, request):
    print("ASKED " + request.get_uri(), flush=True)


def main():
    asked = options()
    if asked.there:
        return
    Gtk.Settings.get_default().set_property("gtk-enable-animations", False)
    settings = settings_with(asked.features)
    settings.set_enable_write_console_messages_to_stdout(True)
    context = context_of(asked.kept)
    # Nothing but this machine is reached: everything else would go through a
    # proxy that nobody is.
    context.get_website_data_manager().set_network_proxy_settings(
        WebKit2.NetworkProxyMode.CUSTOM, WebKit2.NetworkProxySettings.new(
            "http://127.0.0.1:9", ["localhost", "127.0.0.1"]))
    context.set_automation_allowed(True)
    context.set_preferred_languages(["en-GB", "en"])

    def view():
        made = WebKit2.WebView(web_context=context, settings=settings,
                               is_controlled_by_automation=True)
        window = Gtk.Window()
        window.set_default_size(*SIZE)
        window.add(made)
        window.show_all()
        made.connect("close", lambda _: window.destroy())
        made.connect("resource-load-started", asked_for)
        return made

    def started(_, session):
        about = WebKit2.ApplicationInfo()
        about.set_name("WebKitGTK")
        about.set_version(WebKit2.get_major_version(),
                          WebKit2.get_minor_version(),
                          WebKit2.get_micro_version())
        session.set_application_info(about)
        session.connect("create-web-view", lambda _: view())

    context.connect("automation-started", started)
    Gtk.main()


main()

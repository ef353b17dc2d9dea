namespace PortGen.Compiler.Emission;

/// <summary>Prints the generated class's methods that start the services.</summary>
internal static class EntryPointsEmitter
{
    // Checks the builder's type at run time: a shared-defaults method takes any builder, including a web application's.
    private const string WebBranch = """
        if ((object)builder is global::Microsoft.AspNetCore.Builder.WebApplicationBuilder web)
            {
                global::PortGen.PortWebHostExtensions.AddPortServices(web, Manifest, configure);
                return builder;
            }

            
        """;

    /// <summary>Starting and running.</summary>
    public static void Emit(SourceWriter writer, string runningPorts) => writer.Write($$"""
        /// <summary>Binds every port, starts every service, and returns once all run. Blocks; otherwise as <see cref="StartAllAsync"/>.</summary>
        /// <param name="args">The command line, read as configuration.</param>
        /// <param name="configure">Adds to the host before it is built: services, configuration, logging.</param>
        public static {{runningPorts}} StartAll(
            string[]? args = null,
            global::System.Action<global::Microsoft.Extensions.Hosting.HostApplicationBuilder>? configure = null) =>
            global::PortGen.PortApplication.Start(Manifest, host => new {{runningPorts}}(host), args, configure);

        /// <summary>Binds every port, starts every service in the order of their dependencies, and returns once all run.</summary>
        /// <param name="args">The command line, read as configuration.</param>
        /// <param name="configure">Adds to the host before it is built: services, configuration, logging.</param>
        /// <param name="cancellationToken">Cancels the start: whatever had started is stopped, and every port is released.</param>
        /// <exception cref="global::PortGen.PortConfigurationException">The configuration breaks a rule; nothing was bound.</exception>
        /// <exception cref="global::PortGen.PortUnavailableException">A required port is unavailable; nothing is left bound.</exception>
        /// <exception cref="global::PortGen.PortServiceStartException">A service failed to start; the others were stopped again.</exception>
        public static global::System.Threading.Tasks.Task<{{runningPorts}}> StartAllAsync(
            string[]? args = null,
            global::System.Action<global::Microsoft.Extensions.Hosting.HostApplicationBuilder>? configure = null,
            global::System.Threading.CancellationToken cancellationToken = default) =>
            global::PortGen.PortApplication.StartAsync(Manifest, host => new {{runningPorts}}(host), args, configure, cancellationToken);

        /// <summary>Starts every service, waits for the end (SIGTERM, Ctrl+C), and returns the process's exit code.</summary>
        /// <param name="args">The command line, read as configuration.</param>
        /// <param name="configure">Adds to the host before it is built: services, configuration, logging.</param>
        /// <param name="cancellationToken">Ends the application, as a signal does.</param>
        /// <returns>0 stopped cleanly, 69 no port available, 70 a service failed, 78 bad configuration; the reason is on standard error.</returns>
        public static global::System.Threading.Tasks.Task<int> RunAllAsync(
            string[]? args = null,
            global::System.Action<global::Microsoft.Extensions.Hosting.HostApplicationBuilder>? configure = null,
            global::System.Threading.CancellationToken cancellationToken = default) =>
            global::PortGen.PortApplication.RunAsync(Manifest, args, configure, cancellationToken);
        """);

    /// <summary>Adds the services to the application's own host.</summary>
    /// <param name="writer">Writes the method.</param>
    /// <param name="isExtension">Whether it is an extension method.</param>
    /// <param name="hasWebHost">Whether the host may be a web application's, whose own server then serves a port too.</param>
    public static void EmitAddPortServices(SourceWriter writer, bool isExtension, bool hasWebHost) =>
        EmitAddPortServices(writer, isExtension, (hasWebHost ? WebBranch : "") + "global::PortGen.PortHostBuilderExtensions.AddPortServices(builder, Manifest, configure)");

    /// <summary>The same, as an extension method elsewhere that calls the generated class's method.</summary>
    public static void EmitAddPortServices(SourceWriter writer, string generatedClass) => EmitAddPortServices(writer, isExtension: true, $"{generatedClass}.AddPortServices(builder, configure)");

    private static void EmitAddPortServices(SourceWriter writer, bool isExtension, string call) => writer.Write($$"""
        /// <summary>Adds the services and their ports to an application's own host: they start and stop with it.</summary>
        /// <typeparam name="TBuilder">The host's builder.</typeparam>
        /// <param name="builder">The host's builder.</param>
        /// <param name="configure">Sets time-outs and the like; the configuration overrides it.</param>
        public static TBuilder AddPortServices<TBuilder>(
            {{(isExtension ? "this " : "")}}TBuilder builder, global::System.Action<global::PortGen.PortServicesOptions>? configure = null)
            where TBuilder : global::Microsoft.Extensions.Hosting.IHostApplicationBuilder
        {
            {{call}};
            return builder;
        }
        """);
}

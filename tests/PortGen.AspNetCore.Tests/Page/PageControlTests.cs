using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Page;

/// <summary>Starting, stopping and restarting services from the page: for whom a policy lets, and by its own forms alone.</summary>
public sealed partial class PageControlTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task Without_a_policy_nobody_may_whatever_the_environment(string environment)
    {
        await using var host = await StartAsync(static app => app.MapPortPage(), environment);
        using var client = Client(host);
        var page = await client.GetAsync("/ports", Token);
        Assert.DoesNotContain("<form", await page.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Contains("form-action 'none'; frame-ancestors 'none'", string.Join("", page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.PostAsync("/ports/back/stop", null, Token)).StatusCode);
        Assert.Equal(PortState.Serving, host.Manager.GetPort("back").State);
    }

    [Fact]
    public async Task Whom_the_policy_does_not_let_sees_no_buttons_and_can_t_ask()
    {
        await using var host = await StartAsync(static app => app.MapPortPage(controlPolicy: "operators"), "Development");
        using var client = Client(host);
        Assert.DoesNotContain("<form", await client.GetStringAsync("/ports", Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.PostAsync("/ports/back/stop", null, Token)).StatusCode);
        Assert.Equal(PortState.Serving, host.Manager.GetPort("back").State);
    }

    [Fact]
    public async Task An_operator_stops_starts_and_restarts()
    {
        await using var host = await StartAsync(static app => app.MapPortPage("/admin/ports", controlPolicy: "operators"), "Production");
        using var client = Client(host, isOperator: true);
        var answer = await client.GetAsync("/admin/ports", Token);
        Assert.Contains("form-action 'self'", string.Join("", answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal(["/admin/ports/back/restart", "/admin/ports/back/stop", "/admin/ports/front/restart", "/admin/ports/front/stop"], await FormsAsync(client));

        await PostAsync(client, "/admin/ports/back/stop", HttpStatusCode.SeeOther);
        Assert.Equal(PortState.Released, host.Manager.GetPort("back").State);
        Assert.Equal(["/admin/ports/back/start", "/admin/ports/front/restart", "/admin/ports/front/stop"], await FormsAsync(client));
        await PostAsync(client, "/admin/ports/back/start", HttpStatusCode.SeeOther);
        Assert.Equal(PortState.Serving, host.Manager.GetPort("back").State);

        // The page that is asked goes away and comes back, and answers all the same.
        await PostAsync(client, "/admin/ports/front/restart", HttpStatusCode.SeeOther);
        Assert.Contains("front", await client.GetStringAsync("/admin/ports", Token), StringComparison.Ordinal);
        await PostAsync(client, "/admin/ports/nobody/stop", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Below_a_path_base_the_forms_lead_there()
    {
        await using var host = await StartAsync(static app => app.UsePathBase("/base").UseRouting().UseEndpoints(static e => e.MapPortPage(controlPolicy: "operators")), "Production");
        using var client = Client(host, isOperator: true);
        Assert.Contains("action=\"/base/ports/back/stop\"", await client.GetStringAsync("/base/ports", Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_can_t_be_done_is_told_on_the_page()
    {
        await using var host = await StartAsync(static app => app.MapPortPage(controlPolicy: "operators"), "Production");
        using var client = Client(host, isOperator: true);
        var port = host.Manager.GetPort("back").Port!.Value;
        await PostAsync(client, "/ports/back/stop", HttpStatusCode.SeeOther);
        Assert.True(FreePorts.BecomesFree(port));
        using var held = FreePorts.Occupy(port);
        var page = await PostAsync(client, "/ports/back/start", HttpStatusCode.Conflict);
        Assert.Contains("Could not start back: PG3001", page, StringComparison.Ordinal);
        Assert.Contains("action=\"/ports/back/start\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_does_not_come_from_the_page_is_refused()
    {
        await using var host = await StartAsync(static app => app.MapPortPage(controlPolicy: "operators"), "Production");
        using var client = Client(host, isOperator: true);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync("/ports/back/stop", null, Token)).StatusCode);
        await client.GetStringAsync("/ports", Token);
        using var forged = new FormUrlEncodedContent([new("__RequestVerificationToken", "forged")]);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync("/ports/back/stop", forged, Token)).StatusCode);
        using var json = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync("/ports/back/stop", json, Token)).StatusCode);
        Assert.Equal(PortState.Serving, host.Manager.GetPort("back").State);
    }

    [Theory]
    [InlineData(false, true, "AddAuthorization")]
    [InlineData(true, false, "AddAntiforgery")]
    public async Task What_it_needs_is_asked_for_when_it_is_mapped(bool hasAuthorization, bool hasAntiforgery, string advice)
    {
        var builder = WebApplication.CreateSlimBuilder();
        if (hasAuthorization)
        {
            builder.Services.AddAuthorization();
        }

        if (hasAntiforgery)
        {
            builder.Services.AddAntiforgery();
        }

        await using var app = builder.Build();
        Assert.Contains(advice, Assert.Throws<InvalidOperationException>(() => app.MapPortPage(controlPolicy: "operators")).Message, StringComparison.Ordinal);
    }

    // An operator is who says so: what a policy goes by is the application's affair.
    private static Task<WebHost> StartAsync(Action<WebApplication> map, string environment)
    {
        var block = FreePorts.Block(2);
        return WebHost.StartAsync(
            [new PortDefinition("front") { Port = block.First }, new PortDefinition("back") { Port = block.Last }],
            [
                new WebSetup(map, static builder =>
                {
                    builder.Services.AddAntiforgery();
                    builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(static cookie => cookie.Events.OnRedirectToLogin = static context =>
                    {
                        context.Response.StatusCode = StatusCodes.Status403Forbidden;
                        return Task.CompletedTask;
                    });
                    builder.Services.AddAuthorizationBuilder().AddPolicy("operators", static policy => policy.RequireAssertion(static context =>
                        ((HttpContext)context.Resource!).Request.Headers.ContainsKey("X-Operator")));
                }),
                new WebSetup(static _ => { }),
            ],
            ("environment", environment));
    }

    private static HttpClient Client(WebHost host, bool isOperator = false)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = new Uri(host.Manager.GetPort("front").Url!) };
        if (isOperator)
        {
            client.DefaultRequestHeaders.Add("X-Operator", "anna");
        }

        return client;
    }

    private static async Task<IEnumerable<string>> FormsAsync(HttpClient client) =>
        Action().Matches(await client.GetStringAsync("/admin/ports", Token)).Select(static m => m.Groups[1].Value).Order();

    private static async Task<string> PostAsync(HttpClient client, string path, HttpStatusCode expected)
    {
        var page = await client.GetStringAsync(path[..path.LastIndexOf('/', path.LastIndexOf('/') - 1)], Token);
        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", WebUtility.HtmlDecode(Field().Match(page).Groups[1].Value))]);
        using var answer = await client.PostAsync(path, form, Token);
        Assert.Equal(expected, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Token);
    }

    [GeneratedRegex("action=\"([^\"]*)\"")]
    private static partial Regex Action();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]*)\"")]
    private static partial Regex Field();
}

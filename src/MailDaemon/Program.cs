using MailDaemon;
using MailDaemon.Api;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.ConfigureHttpJsonOptions(ApiJson.Configure);
builder.Services.AddApiDocument(false);
var app = builder.Build();
app.UseMiddleware<ErrorReply>();
app.UseRouting();
app.MapApi();
app.MapApiDocument();
await app.RunAsync();
